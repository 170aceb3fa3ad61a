import type { Backlog } from '@sluice/policy';
import {
  DeadlineError,
  type HttpFailure,
  HttpRequestError,
  type HttpResponse,
  messageOf,
  parseBoundedJson,
  request,
  withTimeout,
} from '@sluice/runtime';
import type { READING_FAILURES } from '../../../packages/contracts/metrics/catalogue.ts';

/** Where one workload's backlog is read. */
export interface BacklogSource {
  /** Sources of one group share a request: they are read together, at the group's own phase. */
  readonly group: string;
  /**
   * Reads once. Counts are what the broker says, never guessed: an unknown field is an error, not 0.
   * @throws {ReadingError} whatever the reason; the scaler then stands still
   */
  read(signal: AbortSignal): Promise<Backlog>;
  /** Lets go of a connection that is kept between readings. */
  close?(): void;
}

/** Why a reading failed: the `cause` label of `sluice_scaler_reading_failures_total`. */
export type FailureCause = (typeof READING_FAILURES)[number];

/** A backlog that could not be read. */
export class ReadingError extends Error {
  override readonly name = 'ReadingError';
  override readonly cause: FailureCause;

  constructor(cause: FailureCause, message: string) {
    super(message);
    this.cause = cause;
  }
}

/** What a thrown value says as a reading error; anything unforeseen counts as invalid. */
export function asReadingError(error: unknown): ReadingError {
  if (error instanceof ReadingError) return error;
  return new ReadingError(error instanceof DeadlineError ? 'timeout' : 'invalid', messageOf(error));
}

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

/** A request to a source of backlogs. */
export interface Request {
  readonly url: string;
  readonly credentials?: { readonly username: string; readonly password: string };
  /** PEM file of the authorities that verify an https server; read for each request. @default the public ones */
  readonly caFile?: string | undefined;
  /** Bounds the wait; the client's own bound is only the last. */
  readonly signal: AbortSignal;
}

const LONGEST_MS = 30_000;

/**
 * The body of a GET that was answered with 200, of at most 4 MiB.
 * @throws {ReadingError} unauthorized | queue-missing (404) | http-status | one of CAUSES
 */
export async function getText({ url, credentials, caFile, signal }: Request): Promise<string> {
  const asked = { url, credentials, authoritiesFile: caFile, signal, timeoutMs: LONGEST_MS };
  const { status, body } = await answered(asked);
  if (status === 200) return body.toString('utf8');
  throw statusError(url, status);
}

/** @throws {ReadingError} also when the body is not JSON, or more of it than a queue's listing can be */
export async function getJson(request: Request): Promise<unknown> {
  const body = await getText(request);
  try {
    return parseBoundedJson(body);
  } catch {
    throw new ReadingError('invalid', `${where(request.url)} did not answer with JSON`);
  }
}

const CAUSES: Readonly<Record<HttpFailure, FailureCause>> = {
  timeout: 'timeout',
  aborted: 'timeout',
  unreachable: 'unreachable',
  untrusted: 'untrusted',
  redirect: 'redirect',
  'too-large': 'too-large',
  'bad-answer': 'invalid',
  'bad-encoding': 'invalid',
  'bad-request': 'invalid',
};

async function answered(asked: Parameters<typeof request>[0]): Promise<HttpResponse> {
  try {
    return await request(asked);
  } catch (error) {
    throw error instanceof HttpRequestError ? new ReadingError(CAUSES[error.reason], error.message) : error;
  }
}

function statusError(url: string, status: number): ReadingError {
  const message = `${where(url)} answered ${status}`;
  if (status === 401 || status === 403) return new ReadingError('unauthorized', message);
  return new ReadingError(status === 404 ? 'queue-missing' : 'http-status', message);
}

/** Without the query, which may be long. */
const where = (url: string): string => url.replace(/\?.*$/s, '');
