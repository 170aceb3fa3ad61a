import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import {
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { streamedLines } from '@sluice/runtime';

/** What became of a write: an object that is there is never changed. */
export type Written = 'written' | 'existed';

/** A bucket, in which an object is written once. */
export interface ObjectStore {
  exists(key: string, signal: AbortSignal): Promise<boolean>;
  /** Keys below a prefix, ascending. */
  list(prefix: string, signal: AbortSignal): AsyncIterable<string>;
  putText(key: string, text: string, signal: AbortSignal): Promise<Written>;
  /** Compresses lines as they come; an iteration that throws leaves no object. */
  putLines(key: string, lines: AsyncIterable<string>, signal: AbortSignal): Promise<Written>;
  /** A small object whole. @throws where there is none */
  getText(key: string, signal: AbortSignal): Promise<string>;
  /** The lines of a compressed object. @throws where there is none */
  getLines(key: string, signal: AbortSignal): AsyncIterable<string>;
}

/** The S3 server that reports are kept in, and how it is reached. */
export interface S3Options {
  readonly bucket: string;
  readonly region: string;
  /** Of a server other than AWS, which is asked by path and not by host name. @default AWS's of the region */
  readonly endpoint?: string | undefined;
}

/** The smallest part that S3 takes; two are in memory at once. */
const PART_BYTES = 5 * 1024 * 1024;
/** A line of an object: what its writer takes at most, as JSON. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;
/** A request that gets no answer within this is tried again, at most twice. */
const REQUEST_MS = 60_000;

/** Credentials come from the environment of the pod: EKS Pod Identity, or the token of its service account (IRSA). */
export function s3Client({ region, endpoint }: Omit<S3Options, 'bucket'>): S3Client {
  return new S3Client({
    region,
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 5000, requestTimeout: REQUEST_MS, throwOnRequestTimeout: true },
  });
}

/** S3, or a server that speaks its protocol with If-None-Match. */
export class S3ObjectStore implements ObjectStore {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  async exists(key: string, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#client.send(new HeadObjectCommand(this.#at(key)), { abortSignal: signal });
      return true;
    } catch (error) {
      if (statusOf(error) === 404) return false;
      throw error;
    }
  }

  async *list(prefix: string, signal: AbortSignal): AsyncGenerator<string> {
    const pages = paginateListObjectsV2({ client: this.#client }, { Bucket: this.#bucket, Prefix: prefix });
    for await (const { Contents = [] } of pages) {
      signal.throwIfAborted();
      for (const { Key } of Contents) if (Key !== undefined) yield Key;
    }
  }

  putText(key: string, text: string, signal: AbortSignal): Promise<Written> {
    const command = new PutObjectCommand({
      ...this.#once(key),
      Body: text,
      ContentType: 'application/json',
    });
    return writtenOnce(() => this.#client.send(command, { abortSignal: signal }));
  }

  putLines(key: string, lines: AsyncIterable<string>, signal: AbortSignal): Promise<Written> {
    return writtenOnce(async () => {
      const gzip = createGzip({ level: 6 });
      const upload = new Upload({
        client: this.#client,
        params: { ...this.#once(key), Body: gzip, ContentType: 'application/gzip' },
        ...{ partSize: PART_BYTES, queueSize: 1 },
      });
      const feeding = pipeline(Readable.from(joined(lines), { objectMode: false }), gzip, { signal });
      // Of two failures the first says why: a source that fails takes the upload with it, and the other way round.
      const fed = feeding.catch((error: unknown) => {
        gzip.destroy();
        throw error;
      });
      const sent = upload.done().catch((error: unknown) => {
        gzip.destroy(error instanceof Error ? error : undefined);
        throw error;
      });
      const results = await Promise.allSettled([fed, sent]);
      for (const result of results) if (result.status === 'rejected') throw result.reason;
    });
  }

  async getText(key: string, signal: AbortSignal): Promise<string> {
    const { Body } = await this.#client.send(new GetObjectCommand(this.#at(key)), { abortSignal: signal });
    if (Body === undefined) throw new Error(`the object '${key}' has no body`);
    return Body.transformToString();
  }

  async *getLines(key: string, signal: AbortSignal): AsyncGenerator<string> {
    const { Body } = await this.#client.send(new GetObjectCommand(this.#at(key)), { abortSignal: signal });
    if (!(Body instanceof Readable)) throw new Error(`the object '${key}' has no body`);
    const gunzip = createGunzip();
    const feeding = pipeline(Body, gunzip, { signal });
    feeding.catch(() => {});
    yield* streamedLines(gunzip, MAX_LINE_BYTES);
    await feeding;
  }

  #at(key: string) {
    return { Bucket: this.#bucket, Key: key };
  }

  /** For a multipart upload the condition holds at its completion. */
  #once(key: string) {
    return { ...this.#at(key), IfNoneMatch: '*' };
  }
}

const BLOCK = 64 * 1024;

/** Lines in blocks: one call of the compressor for some hundred of them. */
async function* joined(lines: AsyncIterable<string>): AsyncGenerator<Buffer> {
  let block = '';
  for await (const line of lines) {
    block += `${line}\n`;
    if (block.length < BLOCK) continue;
    yield Buffer.from(block);
    block = '';
  }
  if (block !== '') yield Buffer.from(block);
}

async function writtenOnce(write: () => Promise<unknown>): Promise<Written> {
  try {
    await write();
    return 'written';
  } catch (error) {
    // 409: another upload of the same key is just being completed.
    if ([409, 412].includes(statusOf(error) ?? 0)) return 'existed';
    throw error;
  }
}

const statusOf = (error: unknown): number | undefined =>
  error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
