import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { AuthoritiesError, readAuthorities } from './authorities.ts';
import { messageOf } from './errors.ts';
import { LONGEST_TIMER_MS } from './fields.ts';
import { decodedBody, type HttpFailure, HttpRequestError } from './http-body.ts';

/** A name and a password for HTTP's basic authentication. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** A request, and the bounds of time and size of its answer. */
export interface HttpRequest {
  /** Scheme http or https; without credentials, which have a property of their own. */
  readonly url: string | URL;
  /** @default GET */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Basic authentication. They are sent to the URL's origin and nowhere else. */
  readonly credentials?: Credentials | undefined;
  /** PEM file of the authorities that verify an https server, in place of the public ones; read now. */
  readonly authoritiesFile?: string | undefined;
  /** Milliseconds from the look-up of the name to the last byte of the body. */
  readonly timeoutMs: number;
  /** Ends the request before its time. */
  readonly signal?: AbortSignal | undefined;
  /** The longest body, as it is sent and again as it is decoded. @default 4 MiB */
  readonly maxBytes?: number;
  /** Finds the addresses of a name; it may refuse some. Not asked for a URL that holds an address. */
  readonly lookup?: LookupFunction;
}

/** An answer, whatever its status. */
export interface HttpResponse {
  /** Never of a redirect. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Decoded. */
  readonly body: Buffer;
}

/** The most bytes of a body that are read where no other bound is stated. */
export const MAX_BODY_BYTES = 4 * 1024 * 1024;

// A connection for each request: most servers close an idle one before the next is due, some just then.
// Made when the first is asked for: a start that asks nothing loads no TLS.
let agents: { readonly 'http:': http.Agent; readonly 'https:': https.Agent } | undefined;
const agentOf = (protocol: 'http:' | 'https:'): http.Agent => {
  // A resumed TLS session would not verify the server's certificate again.
  agents ??= { 'http:': new http.Agent(), 'https:': new https.Agent({ maxCachedSessions: 0 }) };
  return agents[protocol];
};

/**
 * The one HTTP client of the services. A request ends within its time whatever the server does, takes no more memory
 * than its bound, also for a body that unpacks to a thousand times its size, and follows no redirect: credentials
 * and bodies go to the origin that was asked and to no other.
 * @returns the response of any status but a redirect
 * @throws {HttpRequestError}
 */
export async function request(options: HttpRequest): Promise<HttpResponse> {
  const url = originOnly(options.url);
  const where = `${url.origin}${url.pathname}`;
  const { signal, timeoutMs } = options;
  if (signal?.aborted) throw interruption(where, signal);
  const exchange = new AbortController();
  const { promise, resolve, reject } = Promise.withResolvers<HttpResponse>();
  const fail = (error: unknown): void => {
    reject(error);
    exchange.abort();
  };
  const onAbort = (): void => fail(signal && interruption(where, signal));
  signal?.addEventListener('abort', onAbort, { once: true });
  const overdue = () =>
    fail(new HttpRequestError('timeout', `${where} did not answer within ${timeoutMs / 1000} s`));
  const timer = setTimeout(overdue, Math.min(timeoutMs, LONGEST_TIMER_MS));
  converse(url, options, exchange.signal).then(resolve, (error) => fail(asRequestError(error, where)));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

async function converse(url: URL, options: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
  const response = await beginRequest(url, options, signal);
  const { statusCode: status = 0, headers } = response;
  try {
    return { status, headers, body: await decodedBody(response, options.maxBytes ?? MAX_BODY_BYTES) };
  } finally {
    response.destroy();
  }
}

/** Sends a request. @returns the response with its body unread, of any status but a redirect */
export async function beginRequest(
  url: URL,
  options: HttpRequest,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const response = await responseOf(url, options, signal);
  const { statusCode: status = 0, headers } = response;
  if (status < 300 || status >= 400) return response;
  response.destroy();
  throw redirectError(url, status, headers.location);
}

function responseOf(url: URL, options: HttpRequest, signal: AbortSignal): Promise<IncomingMessage> {
  const { method = 'GET', body, lookup } = options;
  const authorities = authoritiesFor(url, options);
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const secure = url.protocol === 'https:';
  const sent = (secure ? https : http).request(url, {
    ...{ agent: agentOf(secure ? 'https:' : 'http:'), method, signal, headers: headersOf(options) },
    ...(lookup !== undefined && { lookup }),
    ...(secure && authorities !== undefined && { ca: authorities }),
  });
  sent.on('response', resolve);
  sent.on('error', reject);
  // Also when the server answers with another protocol, which the request did not ask for.
  sent.on('close', () =>
    reject(new HttpRequestError('unreachable', 'the connection was closed without an answer')),
  );
  sent.end(body);
  return promise;
}

/** Authorities mean that the server must be verified, so a URL in clear text is refused. */
function authoritiesFor({ protocol }: URL, { authoritiesFile: file }: HttpRequest): string | undefined {
  if (file === undefined) return undefined;
  if (protocol !== 'https:')
    throw new HttpRequestError('bad-request', 'a file of authorities needs a URL of scheme https');
  try {
    return readAuthorities(file);
  } catch (error) {
    throw error instanceof AuthoritiesError ? new HttpRequestError('untrusted', error.message) : error;
  }
}

function headersOf({ headers, body, credentials }: HttpRequest): Record<string, string | number> {
  return {
    accept: '*/*',
    'accept-encoding': 'gzip, deflate, br',
    ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
    ...headers,
    ...(credentials && { authorization: basicAuthorization(credentials) }),
  };
}

/** The Authorization header's value. @throws {HttpRequestError} for a user with a colon, which ends the name */
export function basicAuthorization({ username, password }: Credentials): string {
  if (username.includes(':')) throw new HttpRequestError('bad-request', "a user's name must not hold ':'");
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** The address of a request. @throws {HttpRequestError} for what is no URL of HTTP, or holds credentials */
export function originOnly(address: string | URL): URL {
  const url = URL.parse(String(address));
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw new HttpRequestError('bad-request', 'the address must be a URL of scheme http or https');
  if (url.username !== '' || url.password !== '')
    throw new HttpRequestError('bad-request', `the URL of ${url.origin} must hold no credentials`);
  return url;
}

function redirectError(url: URL, status: number, location: string | undefined): HttpRequestError {
  const target = location === undefined ? null : URL.parse(location, url.href);
  const elsewhere =
    target === null
      ? 'an address that cannot be read'
      : target.origin === url.origin
        ? 'itself'
        : target.origin;
  return new HttpRequestError(
    'redirect',
    `${url.origin}${url.pathname} redirects (${status}) to ${elsewhere}, which is not followed`,
  );
}

/** The caller's signal ended it: its time was over, or it is not needed any more. */
export function interruption(where: string, { reason }: AbortSignal): HttpRequestError {
  const late = reason instanceof Error && ['TimeoutError', 'DeadlineError'].includes(reason.name);
  return late
    ? new HttpRequestError('timeout', `${where} did not answer in time`)
    : new HttpRequestError('aborted', `the request of ${where} was given up`);
}

/** What the check of a certificate ends with. @see https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const UNTRUSTED =
  /^(ERR_TLS_CERT|(CERT|DEPTH_ZERO|ERROR_IN_CERT|INVALID|PATH_LENGTH|SELF_SIGNED|UNABLE_TO)_|HOSTNAME_MISMATCH$)/;

/** What went wrong with a request, in words that name where to and hold no secret. */
export function asRequestError(error: unknown, where: string): HttpRequestError {
  if (error instanceof HttpRequestError) {
    const known: HttpFailure = error.reason;
    return new HttpRequestError(
      known,
      error.message.startsWith(where) ? error.message : `${where}: ${error.message}`,
    );
  }
  const { code = '' } = error as NodeJS.ErrnoException;
  const options = { cause: error };
  if (UNTRUSTED.test(code))
    return new HttpRequestError('untrusted', `${where} is not trusted: ${messageOf(error)}`, options);
  if (code.startsWith('HPE_'))
    return new HttpRequestError(
      'bad-answer',
      `${where} did not answer in HTTP: ${messageOf(error)}`,
      options,
    );
  if (code.startsWith('ERR_'))
    return new HttpRequestError('bad-request', `${where}: ${messageOf(error)}`, options);
  return new HttpRequestError('unreachable', `${where} cannot be reached: ${messageOf(error)}`, options);
}
