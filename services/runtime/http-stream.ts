import type { IncomingHttpHeaders } from 'node:http';
import { LONGEST_TIMER_MS } from './fields.ts';
import { HttpRequestError } from './http-body.ts';
import { asRequestError, beginRequest, type HttpRequest, interruption, originOnly } from './http-client.ts';

/** A response whose body is read as it arrives. */
export interface HttpStream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Ends the exchange when it is left. @throws {HttpRequestError} for a body that breaks off or is not done in time */
  readonly body: AsyncIterable<Buffer>;
}

/**
 * A request whose answer may be longer than memory. Like `request` it ends within its time, the body included, and
 * follows no redirect; the body is asked for without an encoding.
 * @throws {HttpRequestError}
 */
export async function openStream(options: Omit<HttpRequest, 'maxBytes'>): Promise<HttpStream> {
  const url = originOnly(options.url);
  const where = `${url.origin}${url.pathname}`;
  const { signal, timeoutMs } = options;
  if (signal?.aborted) throw interruption(where, signal);
  const exchange = new AbortController();
  const overdue = new HttpRequestError('timeout', `${where} did not answer within ${timeoutMs / 1000} s`);
  let ended: HttpRequestError | undefined;
  const end = (error: HttpRequestError): void => {
    ended ??= error;
    exchange.abort();
  };
  const onAbort = (): void => signal && end(interruption(where, signal));
  signal?.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(() => end(overdue), Math.min(timeoutMs, LONGEST_TIMER_MS));
  const release = (): void => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
    exchange.abort();
  };
  const why = (error: unknown): HttpRequestError => ended ?? asRequestError(error, where);
  try {
    const headers = { ...options.headers, 'accept-encoding': 'identity' };
    const response = await beginRequest(url, { ...options, headers }, exchange.signal);
    const { statusCode: status = 0 } = response;
    return { status, headers: response.headers, body: readToEnd(response, why, release) };
  } catch (error) {
    release();
    throw why(error);
  }
}

async function* readToEnd(
  response: AsyncIterable<Buffer>,
  why: (error: unknown) => HttpRequestError,
  release: () => void,
): AsyncGenerator<Buffer> {
  try {
    yield* response;
  } catch (error) {
    throw why(error);
  } finally {
    release();
  }
}

const NEWLINE = 0x0a;

/**
 * The lines of a stream of UTF-8, without their ends; empty ones are left out.
 * @param maxBytes The longest line
 * @throws {HttpRequestError} too-large
 */
export async function* streamedLines(
  chunks: AsyncIterable<Buffer>,
  maxBytes: number,
): AsyncGenerator<string> {
  let begun: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(NEWLINE);
    if (end !== -1) {
      // Of whole lines at once: one decoding for some hundred of them.
      yield* linesOf([...begun, chunk.subarray(0, end)]);
      begun = [];
      bytes = 0;
    }
    begun.push(chunk.subarray(end + 1));
    bytes += chunk.length - end - 1;
    if (bytes > maxBytes)
      throw new HttpRequestError('too-large', `a line of the answer is longer than ${maxBytes} bytes`);
  }
  yield* linesOf(begun);
}

function* linesOf(parts: readonly Buffer[]): Generator<string> {
  for (const line of Buffer.concat(parts).toString('utf8').split('\n')) if (line !== '') yield line;
}
