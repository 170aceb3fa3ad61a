import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { messageOf } from './errors.ts';

/** More than every authority of a browser takes. */
const MAX_BYTES = 1024 * 1024;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** A file of authorities that holds none. The message names the file and the constraint. */
export class AuthoritiesError extends Error {
  override readonly name = 'AuthoritiesError';
  /** `must ...` */
  readonly constraint: string;

  constructor(path: string, constraint: string, cause?: unknown) {
    super(`the file of authorities '${path}' ${constraint}`, { cause });
    this.constraint = constraint;
  }
}

/**
 * The certificates of authorities (PEM) that a file holds now. It is read for each connection: an authority that is
 * replaced needs no restart, and while the file holds the old and the new one, peers of both are trusted.
 * @throws {AuthoritiesError} when it cannot be read, is larger than 1 MiB, or holds something else
 */
export function readAuthorities(path: string): string {
  const fail = (constraint: string, cause?: unknown) => new AuthoritiesError(path, constraint, cause);
  let text: string;
  try {
    if (statSync(path).size > MAX_BYTES) throw fail(`must be at most ${MAX_BYTES} bytes`);
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw error instanceof AuthoritiesError
      ? error
      : fail(`must be a file that can be read: ${reasonOf(error)}`, error);
  }
  const certificates = text.match(CERTIFICATE) ?? [];
  if (certificates.length === 0) throw fail('must hold at least one certificate in PEM');
  try {
    for (const certificate of certificates) new X509Certificate(certificate);
  } catch (error) {
    throw fail(`must hold certificates that can be read: ${messageOf(error)}`, error);
  }
  return certificates.join('\n');
}

const reasonOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? messageOf(error);
