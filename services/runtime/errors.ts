// How work that fails or takes too long is told: waits with an end and the error that names them, and texts of errors.

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
 * Waits for work no longer than the time given. The wait ends also where the work ignores its signal; its later
 * result or error is dropped.
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
 * Waits for work no longer than until the signal comes; a later result or error is dropped.
 * @throws what `reason` makes when the signal comes; else what the work threw
 */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal, reason: () => Error): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const stop = () => reject(reason());
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  return promise;
}

/**
 * What an error says, in one line's worth of words. Several errors in one (a host name with two addresses, neither
 * of which answers) are joined: Node gives them no message of their own.
 */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message;
  if (error instanceof AggregateError && error.errors.length > 0)
    return [...new Set(error.errors.map(messageOf))].join('; ');
  return (error as NodeJS.ErrnoException).code ?? error.name;
}

/** Why a file of JSON cannot be read. Node quotes the text, which may hold a secret: only the position is named. */
export function readFaultOf(error: unknown): string {
  if (!(error instanceof SyntaxError)) return messageOf(error);
  const [place = ''] = / at position \d+/.exec(error.message) ?? [];
  return `it is no JSON${place}`;
}
