import { ReadingError } from './source.ts';

export interface Request {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/**
 * The body of a GET that was answered with 200. Redirects are refused: they would carry credentials along.
 * @throws {ReadingError} timeout | unreachable | unauthorized | queue-missing (404) | http-status
 */
export async function getText({ url, headers = {}, signal }: Request): Promise<string> {
  try {
    const response = await fetch(url, { headers, signal, redirect: 'error' });
    const body = await response.text();
    if (response.status === 200) return body;
    throw statusError(url, response.status);
  } catch (error) {
    throw error instanceof ReadingError ? error : transportError(url, error, signal);
  }
}

/** @throws {ReadingError} also when the body is not JSON */
export async function getJson(request: Request): Promise<unknown> {
  const body = await getText(request);
  try {
    return JSON.parse(body);
  } catch {
    throw new ReadingError('invalid', `${where(request.url)} did not answer with JSON`);
  }
}

function statusError(url: string, status: number): ReadingError {
  const message = `${where(url)} answered ${status}`;
  if (status === 401 || status === 403) return new ReadingError('unauthorized', message);
  return new ReadingError(status === 404 ? 'queue-missing' : 'http-status', message);
}

function transportError(url: string, error: unknown, signal: AbortSignal): ReadingError {
  if (signal.aborted) return new ReadingError('timeout', `${where(url)} did not answer in time`);
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new ReadingError('unreachable', `${where(url)} cannot be reached: ${why}`);
}

/** Without the query, which may be long. */
const where = (url: string): string => url.replace(/\?.*$/s, '');

/** `base` with or without a slash at its end. */
export const join = (base: string, path: string): string => `${base.replace(/\/+$/, '')}/${path}`;
