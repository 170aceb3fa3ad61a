import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { AddressGuard } from './addresses.ts';
import type { JSONValue } from './expression.ts';
import { FetchError } from './failure.ts';

export interface DocumentRequest {
  /** Scheme http or https, without credentials. */
  readonly url: URL;
  readonly guard: AddressGuard;
  /** The header's value. */
  readonly authorization?: string | undefined;
  /** From the look-up of the name to the end of the body. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

// A connection for each document: most servers close an idle one before the next interval, some just then.
const agents = { 'http:': new http.Agent(), 'https:': new https.Agent() };

/**
 * The JSON of a GET that was answered with 200. Redirects are not followed: they could lead anywhere.
 * @throws FetchError
 */
export async function fetchDocument(request: DocumentRequest): Promise<JSONValue> {
  const body = await fetchBody(request);
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new FetchError('not-json', 'answered with what is no JSON');
  }
}

function fetchBody({ url, guard, authorization, timeoutMs, maxBytes }: DocumentRequest): Promise<Buffer> {
  guard.check(url);
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const secure = url.protocol === 'https:';
  const asked = (secure ? https : http).request(url, {
    agent: agents[secure ? 'https:' : 'http:'],
    lookup: guard.lookup,
    headers: { accept: 'application/json', ...(authorization !== undefined && { authorization }) },
  });
  const fail = (error: Error): void => {
    reject(error instanceof FetchError ? error : new FetchError('unreachable', error.message));
    asked.destroy();
  };
  const timer = setTimeout(
    () => fail(new FetchError('timeout', `not answered within ${timeoutMs / 1000} s`)),
    timeoutMs,
  );
  asked.on('error', fail);
  asked.on('close', () => clearTimeout(timer));
  asked.on('response', (response) => bodyOf(response, maxBytes).then(resolve, fail));
  asked.end();
  return promise;
}

async function bodyOf(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const { statusCode = 0 } = response;
  if (statusCode >= 300 && statusCode < 400) throw new FetchError('redirect', `redirected (${statusCode})`);
  if (statusCode !== 200) throw new FetchError('http-status', `answered ${statusCode}`);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new FetchError('too-large', `answered with more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
