import { isSecretName } from '@sluice/runtime';

const CENSOR = '[redacted]';

/** Words of letters joined by '-', '_' or '.', perhaps with a short number after them, or a version. */
const NAME = /^(?:[a-z]{1,16}(?:[-_.][a-z]{1,16}){0,3}(?:[-_.]\d{1,4})?|v\d{1,3})$/i;
const NUMBER = /^\d{1,12}$/;

/**
 * A path as it may be logged: segments that are names or numbers as they are, any other censored, and whatever
 * follows a segment that names a secret. A token in a path gives the same access as one in a header.
 */
export function shownPath(path: string): string {
  const segments = path.split('/');
  return segments
    .map((segment, index) => (isPlain(segment, segments[index - 1]) ? segment : CENSOR))
    .join('/');
}

const isPlain = (segment: string, before = ''): boolean =>
  segment === '' || (!isSecretName(before) && (NAME.test(segment) || NUMBER.test(segment)));
