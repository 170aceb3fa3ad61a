import type { IncomingMessage } from 'node:http';
import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { messageOf } from './errors.ts';

/** Why a request gave no response. */
export type HttpFailure =
  /** Its time was over, before or within the body. */
  | 'timeout'
  /** The caller's signal. */
  | 'aborted'
  /** No connection, or one that broke off. */
  | 'unreachable'
  /** The server's certificate has an unknown authority or another name, or has expired. */
  | 'untrusted'
  /** What answers speaks no HTTP. */
  | 'bad-answer'
  /** 3xx. */
  | 'redirect'
  | 'too-large'
  /** A content-encoding that was not asked for, or that the body does not have. */
  | 'bad-encoding'
  /** The request itself cannot be sent. */
  | 'bad-request';

/** A request without a response. Its message holds no credentials and no query. */
export class HttpRequestError extends Error {
  readonly reason: HttpFailure;

  constructor(reason: HttpFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'HttpRequestError';
    this.reason = reason;
  }
}

/**
 * The body of a response, decoded as it arrives: what unpacks beyond the bound is read no further, so that no body
 * takes much more memory than the bound.
 * @throws {HttpRequestError} too-large, also for what is longer than the bound before it is decoded; bad-encoding;
 * unreachable for a body that breaks off
 */
export async function decodedBody(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const encoding = (response.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const received = bounded(response, maxBytes);
  const first = await received.next();
  if (first.done) return Buffer.alloc(0);
  const whole = prepended(first.value, received);
  const decoder = decoderOf(encoding, first.value);
  return decoder === undefined ? collect(whole) : decode(whole, decoder, encoding, maxBytes);
}

/** @param start The body's first bytes; undefined is returned for a body that is not encoded */
function decoderOf(encoding: string, start: Buffer): Transform | undefined {
  if (encoding === 'identity' || encoding === '') return undefined;
  if (encoding === 'gzip' || encoding === 'x-gzip') return createGunzip();
  if (encoding === 'br') return createBrotliDecompress();
  // Some servers leave the wrapping of RFC 1950 out, whose first byte names its method: 8.
  if (encoding === 'deflate') return ((start[0] ?? 0) & 0x0f) === 8 ? createInflate() : createInflateRaw();
  throw new HttpRequestError(
    'bad-encoding',
    `answered with content-encoding ${JSON.stringify(encoding.slice(0, 40))}`,
  );
}

async function decode(
  encoded: AsyncGenerator<Buffer>,
  decoder: Transform,
  encoding: string,
  maxBytes: number,
): Promise<Buffer> {
  const source = Readable.from(encoded, { objectMode: false });
  let body: Buffer = Buffer.alloc(0);
  try {
    await pipeline(source, decoder, async (decoded: AsyncIterable<Buffer>) => {
      body = await collect(bounded(decoded, maxBytes));
    });
    return body;
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!/^(Z_|ERR__?(BROTLI|ZLIB|PADDING)|ERR_BUFFER)/.test(code)) throw error;
    throw new HttpRequestError('bad-encoding', `answered with what is no ${encoding}: ${messageOf(error)}`);
  }
}

async function* bounded(chunks: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > maxBytes)
      throw new HttpRequestError('too-large', `answered with more than ${maxBytes} bytes`);
    yield chunk;
  }
}

async function* prepended(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}
