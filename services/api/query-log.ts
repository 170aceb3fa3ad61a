import { writeSync } from 'node:fs';
import { isSecretName } from '@sluice/runtime';
import { describeQuery, type Query, type QueryLimits, textToJson } from './query.ts';

/** Where lines are written, and when a batch ends. */
export interface BatchedLineWriterOptions {
  readonly fd: number;
  /** Runs a task at the end of this turn of the event loop. @default setImmediate */
  readonly endOfTurn?: (task: () => void) => void;
  /** Bytes written of those given; may throw EAGAIN. @default fs.writeSync */
  readonly write?: (fd: number, bytes: Uint8Array) => number;
}

/** What piles up in one turn before it is written at once, characters. */
const MOST_PENDING = 65_536;
const AGAIN_AFTER_MS = 5;

/**
 * Writes the lines of one turn of the event loop with one system call at its end: under load a call for each
 * would be a third of what a request costs.
 */
export class BatchedLineWriter {
  readonly #fd: number;
  readonly #endOfTurn: (task: () => void) => void;
  readonly #write: (fd: number, bytes: Uint8Array) => number;
  readonly #flush = (): void => this.flush();
  #pending = '';

  constructor({ fd, endOfTurn = setImmediate, write = writeSync }: BatchedLineWriterOptions) {
    this.#fd = fd;
    this.#endOfTurn = endOfTurn;
    this.#write = write;
  }

  /** Takes a whole line, its line break included. */
  line(text: string): void {
    if (this.#pending === '') this.#endOfTurn(this.#flush);
    this.#pending += text;
    if (this.#pending.length > MOST_PENDING) this.flush();
  }

  /** Returns when everything is written. */
  flush(): void {
    if (this.#pending === '') return;
    let bytes: Uint8Array = Buffer.from(this.#pending);
    this.#pending = '';
    while (bytes.length > 0) bytes = bytes.subarray(this.#attempt(bytes));
  }

  /** A full pipe whose other end set it to non-blocking says EAGAIN: its reader needs a moment. */
  #attempt(bytes: Uint8Array): number {
    try {
      return this.#write(this.#fd, bytes);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, AGAIN_AFTER_MS);
      return 0;
    }
  }
}

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

interface QueryLogOptions {
  readonly limits: QueryLimits;
  /** Takes one line, its line break included; absent: nothing is logged. */
  readonly write?: (line: string) => void;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

/** A request, as it is logged. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: Query;
}

/**
 * Logs a request's query, one line each. The line is that of the services' logger, composed here because the
 * query is JSON already: the same text is the answer.
 * @returns the query as a JSON object
 */
export function queryLog({ limits, write, now = Date.now }: QueryLogOptions): (received: Received) => string {
  return ({ method, path, query }) => {
    const { answer, logged, truncated } = describeQuery(query, limits);
    if (write === undefined) return answer;
    const shown = shownPath(path);
    const longPath = shown.length > limits.valueLength;
    const pathText = textToJson(longPath ? shown.slice(0, limits.valueLength) : shown);
    write(
      `{"level":30,"time":${now()},"service":"api","method":"${method}","path":${pathText},` +
        `"query":${logged},"truncated":${truncated || longPath},"msg":"query received"}\n`,
    );
    return answer;
  };
}
