/**
 * What is a secret in a log line: one list for every agent. The OpenTelemetry Collector takes it as regular expressions
 * of RE2; Fluent Bit has none, and takes it as patterns of Lua (log-redaction-lua.ts).
 */

/** Ends of the names of fields whose values are secrets, at any depth of a JSON line. `[_-]?` and `s?` may be absent. */
export const SECRET_ENDS = [
  'password',
  'secret',
  'token',
  'credentials?',
  'private[_-]?key',
  'api[_-]?key',
  'authorization',
  'cookie',
] as const;

/** Whole words that are such names, alone or behind a `.`, `_` or `-`. */
export const SECRET_WORDS = ['pass', 'passwd', 'password', 'passphrase', 'pwd'] as const;

/** Ends of the names behind which a secret stands in a text, after `=` or `:`. */
export const SECRET_NAMES = [
  'password',
  'passwd',
  'pwd',
  'secret',
  'token',
  'api[_-]?key',
  'access[_-]?key',
] as const;

/** Schemes of the header `Authorization`. */
export const SCHEMES = ['bearer', 'basic'] as const;

/** A field is masked by its name; so is each item where it is a list: flattened, they end in numbers. */
const SECRET_KEYS = [
  `(?i)(^|[._-])(${SECRET_WORDS.join('|')})(\\.[0-9]+)*$`,
  `(?i)(${SECRET_ENDS.join('|')})(\\.[0-9]+)*$`,
] as const;

const PRIVATE_KEY = '-----BEGIN [A-Z ]*PRIVATE KEY-----(?s:.*?)(?:-----END [A-Z ]*PRIVATE KEY-----|$)';
const URL_USER = '[a-zA-Z][a-zA-Z0-9+.-]*://[^\\s/:@]*:[^\\s/@]+@';
const SCHEME = `(?:${SCHEMES.join('|')})\\s+`;
const WORD = '[^\\s,;&"\']';

/** A name before its secret; the quote behind it may be escaped. */
const NAME = `[\\w.-]*(?:${SECRET_NAMES.join('|')})\\\\*["']?\\s*[=:]\\s*`;

/** Names and schemes, then a value up to a separator, or up to the end of what it begins, which may be cut off. */
const NAMED = `${NAME}(?:${NAME}|${SCHEME})*(?:${[
  ...[`(?:${PRIVATE_KEY}|${URL_USER})${WORD}*`, '\\\\*"[^"]*"?', "\\\\*'[^']*'?", `${WORD}+`],
].join('|')})`;

/**
 * Texts that are secrets wherever they stand: a name with its value, the user of a URL, a key of AWS, a JWT, a private
 * key, a header. The collector applies them in no order, so none may take from another what it is known by.
 */
const SECRET_TEXTS = [
  `(?i)\\b${NAMED}`,
  URL_USER,
  '\\b(AKIA|ASIA)[A-Z0-9]{16}\\b',
  '\\beyJ[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*',
  PRIVATE_KEY,
  `(?i)\\b${SCHEME}(?:${NAMED}|${PRIVATE_KEY}|${URL_USER}|[a-z0-9._~+/=-]{8,})`,
] as const;

/** The collector's processor that masks secrets in text and fields. @see https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/processor/redactionprocessor */
export const REDACTION = {
  allow_all_keys: true,
  blocked_key_patterns: SECRET_KEYS,
  blocked_values: SECRET_TEXTS,
  summary: 'silent',
} as const;

/** What stands in the place of a secret: the collector's own sign. */
export const MASK = '****';
