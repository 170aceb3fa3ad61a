import { writeSync } from 'node:fs';

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
