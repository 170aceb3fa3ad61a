import { createHash } from 'node:crypto';

/** The part of a message that its pattern is made of, characters: the first lines of a stack trace. */
export const MAX_PATTERN = 1024;

/** What differs between two lines of the same error, the longest form first: group -> its mask. */
const MASKS = {
  quoted:
    '"(?:[^"\\\\\\n]|\\\\.){0,512}"|(?<![\\w])\'(?:[^\'\\\\\\n]|\\\\.){0,512}\'(?!\\w)|`[^`\\n]{0,512}`',
  time: '\\b\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d(?::\\d\\d(?:[.,]\\d+)?)?(?:Z|[+-]\\d\\d:?\\d\\d)?',
  uuid: '\\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\\b',
  address:
    '\\b\\d{1,3}(?:\\.\\d{1,3}){3}(?::\\d{1,5})?\\b|(?<![\\w:])(?:[0-9a-fA-F]{1,4}:){3,7}[0-9a-fA-F]{1,4}(?![\\w:])|\\[?(?<![\\w:])[0-9a-fA-F:]*::[0-9a-fA-F:]*(?![\\w:])\\]?',
  hash: '\\b0x[0-9a-fA-F]+\\b|\\b(?=[a-fA-F]*\\d)(?=\\d*[a-fA-F])[0-9a-fA-F]{7,}\\b',
  id: '\\b(?=[A-Za-z0-9_-]*\\d)[A-Za-z0-9_-]*[A-Za-z][A-Za-z0-9_-]*\\b',
  number: '[+-]?\\b\\d+(?:[.,]\\d+)*(?:[eE][+-]?\\d+)?(?!\\w)',
} as const;

const NAMES = Object.keys(MASKS) as (keyof typeof MASKS)[];
/** An id may be all digits by chance, and a hash all letters but one: they and numbers have one mask. */
const MASK_OF: Readonly<Record<keyof typeof MASKS, string>> = {
  ...{ quoted: '<quoted>', time: '<time>', address: '<address>' },
  ...{ uuid: '<value>', hash: '<value>', id: '<value>', number: '<value>' },
};
const VARIABLE = new RegExp(NAMES.map((name) => `(?<${name}>${MASKS[name]})`).join('|'), 'g');

/**
 * A message without what differs from line to line: quoted values, times and addresses have a mask each; numbers,
 * UUIDs, hashes and names with a number in them have one together.
 *
 *     patternOf('job run-7-12 of "ann" failed after 3.2 s at 10.0.0.7:5672')
 *       // job <value> of <quoted> failed after <value> s at <address>
 */
export function patternOf(message: string): string {
  const text = message.slice(0, MAX_PATTERN);
  return text
    .replace(VARIABLE, (...found: unknown[]) => maskOf(found))
    .replace(/\s+/g, ' ')
    .trim();
}

/** The arguments of a replacement: the match, then its groups in the order of NAMES. */
function maskOf(found: readonly unknown[]): string {
  for (let index = 0; index < NAMES.length; index += 1)
    if (found[index + 1] !== undefined) return MASK_OF[NAMES[index] ?? 'number'];
  return '';
}

/** What an error is known by in every window: 16 hexadecimal digits of its pattern's SHA-256. */
export const fingerprintOf = (pattern: string): string =>
  createHash('sha256').update(pattern).digest('hex').slice(0, 16);
