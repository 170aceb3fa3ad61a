import { isSecretName } from '@sluice/runtime';

/** The query as the router parses it: repeated names give a list. */
export type Query = Readonly<Record<string, string | readonly string[]>>;

/** How much of a query a log line holds; lengths in UTF-16 code units. */
export interface QueryLimits {
  /** A repeated name counts as often as it is there. */
  readonly parameters: number;
  readonly nameLength: number;
  readonly valueLength: number;
  /** Whether the value of a parameter of this name must not be logged. */
  readonly redacts: (name: string) => boolean;
}

/** A query as JSON objects. */
export interface QueryText {
  /** All of it, for the one who sent it. */
  readonly answer: string;
  /** Within the limits, secrets censored. */
  readonly logged: string;
  /** Something of it is not logged because it is too long or too many. */
  readonly truncated: boolean;
}

const CENSOR = '[redacted]';

/**
 * Whether a parameter's value is censored: of every name that means a secret, as the log's fields, and of those
 * that hold one of `words`, comma-separated, as a word, whatever the case: 'code' censors `code`, `auth_code` and
 * `authCode`, not `codes`. An underscore in a word stands for '_', '-' or nothing.
 */
export function redaction(words: string): (name: string) => boolean {
  const listed = words.split(',').map((word) => word.trim().toLowerCase());
  const patterns = listed.filter((word) => word !== '').map(patternOf);
  if (patterns.length === 0) return isSecretName;
  const quick = new RegExp(`(?:${patterns.join('|')})`, 'i');
  const word = new RegExp(`(?<![a-z0-9])(?:${patterns.join('|')})(?![a-z0-9])`);
  // Most names hold none of the words: they need no second look.
  return (name) =>
    isSecretName(name) || (quick.test(name) && (word.test(name.toLowerCase()) || word.test(snakeCase(name))));
}

const patternOf = (word: string): string => word.split('_').map(escapePattern).join('[-_]?');

const escapePattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');

/** 'accessToken' -> 'access_token' */
const snakeCase = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();

/** A query as it is answered and as it is logged, cut to the limits. */
export function describeQuery(query: Query, limits: QueryLimits): QueryText {
  const answer = toJson(query);
  if (isPlain(query, limits)) return { answer, logged: answer, truncated: false };
  return { answer, ...cut(query, limits) };
}

/** Nothing is to be cut or censored: so it is for nearly every request. */
function isPlain(query: Query, { parameters, nameLength, valueLength, redacts }: QueryLimits): boolean {
  let count = 0;
  for (const name in query) {
    const value = query[name];
    count += 1;
    if (typeof value !== 'string' || value.length > valueLength || name.length > nameLength) return false;
    if (count > parameters || redacts(name)) return false;
  }
  return true;
}

function cut(query: Query, limits: QueryLimits): { logged: string; truncated: boolean } {
  const logged: Record<string, string | string[]> = Object.create(null);
  let left = limits.parameters;
  let truncated = false;
  const shorten = (text: string, length: number): string => {
    truncated ||= text.length > length;
    return text.slice(0, length);
  };
  for (const [name, given] of Object.entries(query)) {
    const values = typeof given === 'string' ? [given] : given;
    const taken = values.slice(0, left);
    truncated ||= taken.length < values.length;
    left -= taken.length;
    if (taken.length === 0) continue;
    const shown = taken.map((value) => (limits.redacts(name) ? CENSOR : shorten(value, limits.valueLength)));
    // Two long names may begin alike: the first one stays.
    logged[shorten(name, limits.nameLength)] ??= shown.length === 1 ? (shown[0] ?? '') : shown;
  }
  return { logged: toJson(logged), truncated };
}

/** JSON escapes what is below U+0020. These break lines or steer terminals too: DEL, C1, separators, bidi. */
const UNSAFE = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/;
const EVERY_UNSAFE = new RegExp(UNSAFE, 'g');

/** JSON on one line, every control character escaped. */
export function toJson(value: unknown): string {
  const json = JSON.stringify(value);
  return UNSAFE.test(json) ? json.replace(EVERY_UNSAFE, escapeUnit) : json;
}

/** Printable ASCII without quote and backslash is its own JSON. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** JSON of a text that nearly always is plain, as a path is. */
export const textToJson = (text: string): string => (PLAIN.test(text) ? `"${text}"` : toJson(text));

const escapeUnit = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
