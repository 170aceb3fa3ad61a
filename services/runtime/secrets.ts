import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { inspect } from 'node:util';
import { messageOf } from './errors.ts';

/** Written together, `_`, `-` and `.` left out: what holds one of these is a secret (`newpassword`, `x-api-key`). */
const PARTS =
  /passw|passphrase|passcode|pwd|secret|token|credential|authorization|authentication|apikey|accesskey|privatekey|signingkey|encryptionkey|sharedkey|accountkey|sessionid|sessid|sessionkey|cookie|signature|bearer|jwt|amqpurl|connectionstring/;

/** Secrets only as a word of its own: `pin` is one, `opinion` and `shipping` are not. */
const WORDS = new Set(
  'pass pw auth otp totp hotp mfa pin sid sig session assertion apikey key sas saml samlresponse'.split(' '),
);

/** The word alone is too common inside of names: `routingKey`, `primary_key`. */
const ONLY_ALONE = new Set(['key', 'session']);

/**
 * Whether a value of this name is a secret, of a log field, a query parameter or a header, in whatever style it is
 * written: `password1`, `newPassword`, `client_secret`, `X-Api-Key`, `sessionid`, `jwt`, `otp`. Rather one name too
 * many: what is redacted can still be looked up where it came from, what was logged cannot be taken back.
 */
export function isSecretName(name: string): boolean {
  const known = remembered.get(name);
  if (known !== undefined) return known;
  const secret = decide(name);
  // The names of log fields are few; names that a client makes up must not fill the memory.
  if (remembered.size < MOST_REMEMBERED && name.length <= 64) remembered.set(name, secret);
  return secret;
}

const MOST_REMEMBERED = 1000;
const remembered = new Map<string, boolean>();

function decide(name: string): boolean {
  const words = name
    .normalize('NFKC')
    .replace(/([a-z\d])(?=[A-Z])/g, '$1 ')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .map((word) => word.replace(/\d+$/, ''))
    .filter((word) => word !== '');
  if (PARTS.test(words.join(''))) return true;
  return words.some((word) => WORDS.has(word) && (words.length === 1 || !ONLY_ALONE.has(word)));
}

/** The longest secret, bytes: far above any password or token, far below what costs memory. */
export const MAX_SECRET_BYTES = 4096;

/** A secret that cannot be used. The message names the file and the constraint, never the content. */
export class SecretError extends Error {
  /** `must ...` */
  readonly constraint: string;

  constructor(constraint: string, path?: string) {
    super(path === undefined ? `the secret ${constraint}` : `the secret file '${path}' ${constraint}`);
    this.name = 'SecretError';
    this.constraint = constraint;
  }
}

/**
 * A secret that is read each time it is used: a password that is rotated in its mounted file needs no restart.
 * It shows itself nowhere: not in a log line, not in an error, not in a debugger's print.
 */
export class Secret {
  readonly #read: () => string;

  private constructor(read: () => string) {
    this.#read = read;
  }

  /** @throws {SecretError} */
  static fromText(text: string): Secret {
    const secret = secretIn(text);
    return new Secret(() => secret);
  }

  static fromFile(path: string): Secret {
    return new Secret(() => readSecretFile(path));
  }

  /** What the secret is now. @throws {SecretError} when its file gives none at this moment: a later try may succeed */
  read(): string {
    return this.#read();
  }

  toString(): string {
    return '[redacted]';
  }

  toJSON(): string {
    return '[redacted]';
  }

  [inspect.custom](): string {
    return '[redacted]';
  }
}

/**
 * The one way to read a file that holds a secret, so that every reader takes the same bytes for the password.
 * Exactly one line break at the end (`\n` or `\r\n`) is not part of the secret: editors and `echo` write one.
 * @throws {SecretError} when the file cannot be read, is no regular file, or does not hold one line of UTF-8 text
 * of at most 4096 bytes, without white space at its ends and without control characters (tabs included)
 */
export function readSecretFile(path: string): string {
  const bytes = readBounded(path);
  if (bytes.length > MAX_SECRET_BYTES + 2) throw new SecretError(TOO_LONG, path);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new SecretError('must be UTF-8', path);
  }
  return secretIn(text, path);
}

const TOO_LONG = `must not be longer than ${MAX_SECRET_BYTES} bytes`;

function secretIn(text: string, path?: string): string {
  const secret = text.replace(/\r?\n$/, '');
  const refuse = (constraint: string): never => {
    throw new SecretError(constraint, path);
  };
  if (secret === '') refuse('must not be empty');
  if (Buffer.byteLength(secret) > MAX_SECRET_BYTES) refuse(TOO_LONG);
  if (/\p{Cc}|\u2028|\u2029/u.test(secret)) refuse('must be one line without tabs and control characters');
  if (secret !== secret.trim()) refuse('must not begin or end with white space');
  return secret;
}

/** Reads one byte more than a secret may have. A pipe or a device could keep the process waiting, so neither is read. */
function readBounded(path: string): Buffer {
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      if (!fstatSync(file).isFile()) throw new SecretError('must be a regular file', path);
      return readUpTo(file, MAX_SECRET_BYTES + 3);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (error instanceof SecretError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new SecretError(`must be a file that can be read: ${code ?? messageOf(error)}`, path);
  }
}

function readUpTo(file: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  let length = 0;
  for (let read = -1; read !== 0 && length < bytes; length += read)
    read = readSync(file, buffer, length, bytes - length, null);
  return buffer.subarray(0, length);
}
