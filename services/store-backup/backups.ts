import { createHash } from 'node:crypto';
// biome-ignore lint/style/noRestrictedImports: a dump is a file that another container of the pod writes or reads
import { createReadStream, createWriteStream } from 'node:fs';
// biome-ignore lint/style/noRestrictedImports: as above
import { rename, rm, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { parseInstant } from '@sluice/runtime';

/** Where the backups of one store are. */
export interface BackupsOptions {
  readonly bucket: string;
  /** What their keys begin with. */
  readonly prefix: string;
  readonly region: string;
  /** Of a server other than AWS, which is asked by path and not by host name. @default AWS's of the region */
  readonly endpoint?: string | undefined;
}

/** A backup, and its size. */
export interface Backup {
  readonly key: string;
  readonly bytes: number;
}

/** A request that gets no answer within this is tried again, at most twice. */
const REQUEST_MS = 60_000;
/** Parts of an upload, of which two are in memory: 10,000 of them are 160 GB. */
const PART_BYTES = 16 * 1024 * 1024;
const DAY_MS = 86_400_000;
/** The instant in a name, which sorts as it passes. Objects that are named otherwise are no backups, and stay. */
const NAME = /^(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\dZ)\./;
/** The object's metadata that holds the digest of the whole file. */
const DIGEST = 'sha256';

/** `redis.rdb` at an instant (epoch ms) -> `2026-11-30T01-15-00Z.rdb`. */
export const backupName = (file: string, at: number): string =>
  `${new Date(at).toISOString().slice(0, 19).replaceAll(':', '-')}Z${basename(file).replace(/^[^.]*/, '')}`;

/** @returns the instant of a backup's name, epoch ms; undefined where it is the name of none */
export function instantOfName(name: string): number | undefined {
  const [, hour, minute, second] = NAME.exec(name) ?? [];
  return parseInstant(`${hour}:${minute}:${second}`);
}

/** The names of backups that are older than so many days; the newest one is never among them. */
export function outdated(names: readonly string[], keepDays: number, now: number): string[] {
  const backups = names.filter((name) => instantOfName(name) !== undefined).sort();
  return backups.slice(0, -1).filter((name) => (instantOfName(name) ?? now) < now - keepDays * DAY_MS);
}

/** The backups of one store, in a bucket of S3. */
export class Backups {
  readonly #client: S3Client;
  readonly #options: BackupsOptions;

  /** Credentials come from the environment: `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, or the pod's identity. */
  constructor(options: BackupsOptions) {
    const { region, endpoint } = options;
    this.#options = options;
    this.#client = new S3Client({
      region,
      ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
      maxAttempts: 3,
      requestHandler: { connectionTimeout: 5000, requestTimeout: REQUEST_MS, throwOnRequestTimeout: true },
    });
  }

  /**
   * Uploads a dump, and looks whether all of it arrived. An object that is there is not replaced.
   * @throws Error where the file is absent or empty, the bucket refuses, or the signal aborts
   */
  async store(file: string, now: number, signal: AbortSignal): Promise<Backup> {
    const { size } = await stat(file);
    if (size === 0) throw new Error(`the dump '${file}' is empty`);
    const key = this.#keyOf(backupName(file, now));
    const upload = new Upload({
      client: this.#client,
      params: {
        ...{ ...this.#at(key), Body: createReadStream(file), IfNoneMatch: '*' },
        Metadata: { [DIGEST]: await digestOf(file, signal) },
      },
      ...{ partSize: PART_BYTES, queueSize: 1 },
    });
    const abort = (): void => void upload.abort();
    signal.addEventListener('abort', abort, { once: true });
    try {
      await upload.done();
    } finally {
      signal.removeEventListener('abort', abort);
    }
    const { ContentLength } = await this.#client.send(new HeadObjectCommand(this.#at(key)), {
      abortSignal: signal,
    });
    if (ContentLength !== size)
      throw new Error(`the object '${key}' has ${ContentLength} bytes of the ${size} of its dump`);
    return { key, bytes: size };
  }

  /** Removes what is older than so many days, but never the newest. @returns the keys that are gone */
  async removeOlder(keepDays: number, now: number, signal: AbortSignal): Promise<string[]> {
    const keys = outdated(await this.#names(signal), keepDays, now).map((name) => this.#keyOf(name));
    for (const key of keys)
      await this.#client.send(new DeleteObjectCommand(this.#at(key)), { abortSignal: signal });
    return keys;
  }

  /**
   * Writes a backup to a file, which is there when its digest is right and not before.
   * @param name The backup. @default the newest
   * @throws Error where there is none, or it is not what was stored
   */
  async fetch(file: string, name: string | undefined, signal: AbortSignal): Promise<Backup> {
    const found = name ?? (await this.#newest(signal));
    const key = this.#keyOf(found);
    const { Body, Metadata } = await this.#client.send(new GetObjectCommand(this.#at(key)), {
      abortSignal: signal,
    });
    if (!(Body instanceof Readable)) throw new Error(`the object '${key}' has no body`);
    const partial = `${file}.partial`;
    try {
      await pipeline(Body, createWriteStream(partial, { mode: 0o600, flush: true }), { signal });
      const digest = await digestOf(partial, signal);
      if (digest !== Metadata?.[DIGEST])
        throw new Error(`the object '${key}' (${digest}) must have the SHA-256 ${Metadata?.[DIGEST]}`);
      const { size } = await stat(partial);
      await rename(partial, file);
      return { key, bytes: size };
    } finally {
      await rm(partial, { force: true });
    }
  }

  async #newest(signal: AbortSignal): Promise<string> {
    const names = (await this.#names(signal)).filter((name) => instantOfName(name) !== undefined).sort();
    const newest = names.at(-1);
    if (newest !== undefined) return newest;
    const { bucket, prefix } = this.#options;
    throw new Error(`the bucket '${bucket}' holds no backup below '${prefix}'`);
  }

  async #names(signal: AbortSignal): Promise<string[]> {
    const { bucket, prefix } = this.#options;
    const names: string[] = [];
    const pages = paginateListObjectsV2({ client: this.#client }, { Bucket: bucket, Prefix: prefix });
    for await (const { Contents = [] } of pages) {
      signal.throwIfAborted();
      for (const { Key = '' } of Contents) names.push(Key.slice(prefix.length));
    }
    return names;
  }

  #keyOf(name: string): string {
    return `${this.#options.prefix}${name}`;
  }

  #at(key: string) {
    return { Bucket: this.#options.bucket, Key: key };
  }
}

async function digestOf(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { signal })) hash.update(chunk);
  return hash.digest('hex');
}
