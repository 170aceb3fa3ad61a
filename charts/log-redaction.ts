/** Names of fields whose values are secrets, at any depth of a JSON line. */
const SECRET_KEYS = [
  '(?i)(^|[._-])(pass|passwd|password|passphrase|pwd)$',
  '(?i)(password|secret|token|credentials?|private[_-]?key|api[_-]?key|authorization|cookie)$',
] as const;

/** Texts that are secrets wherever they stand: a name with its value, a header, a key of AWS, a JWT, a private key. */
const SECRET_TEXTS = [
  '(?i)\\b[\\w.-]*(password|passwd|pwd|secret|token|api[_-]?key|access[_-]?key)["\']?\\s*[=:]\\s*("[^"]*"|\'[^\']*\'|[^\\s,;&"\']+)',
  '(?i)\\b(bearer|basic)\\s+[a-z0-9._~+/=-]{8,}',
  '\\b(AKIA|ASIA)[A-Z0-9]{16}\\b',
  '\\beyJ[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]*',
  '-----BEGIN [A-Z ]*PRIVATE KEY-----(?s:.*?)(-----END [A-Z ]*PRIVATE KEY-----|$)',
  '[a-zA-Z][a-zA-Z0-9+.-]*://[^\\s/:@]*:[^\\s/@]+@',
] as const;

/** The collector's processor that masks secrets in text and fields. @see https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/processor/redactionprocessor */
export const REDACTION = {
  allow_all_keys: true,
  blocked_key_patterns: SECRET_KEYS,
  blocked_values: SECRET_TEXTS,
  summary: 'silent',
} as const;
