import {
  type HttpFailure,
  HttpRequestError,
  type HttpResponse,
  parseBoundedJson,
  request,
} from '@sluice/runtime';
import { type FailureCause, ReadingError } from './source.ts';

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
