import { withTimeout } from '@sluice/runtime';
import { ReadingError } from './source.ts';

/** A request whose result several readers share. */
export interface SharedOptions<T> {
  readonly load: (signal: AbortSignal) => Promise<T>;
  /** How long a result, or a failure, serves further readers, milliseconds after its request began. */
  readonly freshForMs: number;
  readonly timeoutMs: number;
  /** Monotonic milliseconds. @default performance.now() */
  readonly clock?: () => number;
}

/**
 * One request for many readers: who asks while it runs, or shortly after it began, gets its result. A dead
 * broker with 1,000 workloads is so asked once a poll, not 1,000 times.
 */
export class Shared<T> {
  readonly #options: SharedOptions<T>;
  readonly #clock: () => number;
  #latest: { readonly result: Promise<T>; readonly begunAt: number } | undefined;
  #pending = false;

  constructor(options: SharedOptions<T>) {
    this.#options = options;
    this.#clock = options.clock ?? (() => performance.now());
  }

  /** The result; a reader that gives up leaves the request to the others. */
  get(signal: AbortSignal): Promise<T> {
    const now = this.#clock();
    const stale = this.#latest === undefined || now - this.#latest.begunAt >= this.#options.freshForMs;
    if (this.#latest === undefined || (stale && !this.#pending)) {
      this.#latest = { result: this.#load(), begunAt: now };
    }
    return rejectOnAbort(this.#latest.result, signal);
  }

  #load(): Promise<T> {
    this.#pending = true;
    const { load, timeoutMs } = this.#options;
    const result = withTimeout(load, timeoutMs, 'the reading').finally(() => {
      this.#pending = false;
    });
    result.catch(() => {}); // every reader may have given up
    return result;
  }
}

/** The promise's outcome, or a timeout as soon as the signal aborts. */
export function rejectOnAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: outcome, resolve, reject } = Promise.withResolvers<T>();
  const abort = () => reject(new ReadingError('timeout', 'the reading did not come in time'));
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  return outcome;
}
