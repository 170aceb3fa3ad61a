/** Something did not come to its end in the time it had. */
export class DeadlineError extends Error {
  /** What was waited for. */
  readonly what: string;
  readonly milliseconds: number;

  constructor(what: string, milliseconds: number) {
    super(`${what} did not end within ${Number((milliseconds / 1000).toFixed(3))} s`);
    this.name = 'DeadlineError';
    this.what = what;
    this.milliseconds = milliseconds;
  }
}

/** A promise, or work that is given a signal which aborts when its time is over. */
export type Work<T> = Promise<T> | ((signal: AbortSignal) => Promise<T>);

/**
 * Waits for work no longer than the time given. The wait ends also where the work does not heed its signal; what
 * becomes of it then, nobody hears.
 * @param what Named in the error: `closing the connection`
 * @throws {DeadlineError} when the time is over; else what the work threw
 */
export function withTimeout<T>(work: Work<T>, milliseconds: number, what: string): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const controller = new AbortController();
  const timer = setTimeout(
    () => {
      const error = new DeadlineError(what, milliseconds);
      reject(error);
      controller.abort(error);
    },
    Math.max(0, milliseconds),
  );
  const begun = typeof work === 'function' ? attempt(() => work(controller.signal)) : work;
  begun.then(resolve, reject).finally(() => clearTimeout(timer));
  return promise;
}

const attempt = async <T>(work: () => Promise<T>): Promise<T> => work();

/**
 * An instant by which several steps in a row must have ended: connecting, working and closing share one. By the
 * clock that is never set back, so that fake timers rule it and a corrected wall clock does not.
 */
export class Deadline {
  readonly milliseconds: number;
  readonly #endsAt: number;
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;

  private constructor(milliseconds: number, what: string) {
    this.milliseconds = milliseconds;
    this.#endsAt = performance.now() + milliseconds;
    this.#timer = setTimeout(
      () => this.#controller.abort(new DeadlineError(what, milliseconds)),
      milliseconds,
    );
  }

  /** @param what The whole that has this long, for the reason of its signal */
  static after(milliseconds: number, what: string): Deadline {
    return new Deadline(milliseconds, what);
  }

  /** Milliseconds, never below 0. */
  get remaining(): number {
    return Math.max(0, this.#endsAt - performance.now());
  }

  get expired(): boolean {
    return this.remaining === 0;
  }

  /** Aborts, with a DeadlineError, when the time is over. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** One step: it has what remains, or less. @throws {DeadlineError} naming the step */
  wait<T>(work: Work<T>, what: string, atMostMs = Number.POSITIVE_INFINITY): Promise<T> {
    return withTimeout(work, Math.min(this.remaining, atMostMs), what);
  }

  /** All is done: the timer no longer keeps the process, and the signal does not abort any more. */
  clear(): void {
    clearTimeout(this.#timer);
  }

  [Symbol.dispose](): void {
    this.clear();
  }
}
