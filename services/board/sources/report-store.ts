import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import {
  dayPrefix,
  type LogReport,
  type NamespaceWindow,
  objectKey,
  parseObjectKey,
  parseReport,
} from '../../../packages/contracts/log-report.ts';
import { type ReportSummary, summaryOf } from '../model/errors.ts';

const DAY_MS = 86_400_000;
const REQUEST_MS = 10_000;
const MOST_NAMESPACES = 100;
/** Reports that are read in one go; the others come with the next. */
const MOST_NEW = 500;
/** A report has at most a thousand groups. */
const MOST_BYTES = 16 * 1024 * 1024;

const keyOf = (window: NamespaceWindow): string => objectKey('reports', window);

/** The bucket that holds the reports of logs, and how it is reached. */
export interface ReportStoreOptions {
  readonly bucket: string;
  readonly region: string;
  /** Of a server other than AWS. */
  readonly endpoint?: string | undefined;
}

/** Reports of errors in S3, as the pod's service account may read them: what is there is read once, since it never changes. */
export class ReportStore {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #known = new Map<string, ReportSummary>();

  constructor({ bucket, region, endpoint }: ReportStoreOptions) {
    this.#bucket = bucket;
    this.#client = new S3Client({
      region,
      ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
      maxAttempts: 2,
      requestHandler: { connectionTimeout: 3000, requestTimeout: REQUEST_MS, throwOnRequestTimeout: true },
    });
  }

  /** The reports of today and of the two days before, in short. @throws Error where the bucket cannot be read */
  async summaries(now: number, signal: AbortSignal): Promise<readonly ReportSummary[]> {
    const wanted: NamespaceWindow[] = [];
    for (const namespace of await this.#namespaces(signal))
      for (const age of [0, 1, 2])
        wanted.push(
          ...(await this.#windows(dayPrefix('reports', { namespace, start: now - age * DAY_MS }), signal)),
        );
    const unread = wanted.filter((window) => !this.#known.has(keyOf(window)));
    for (const window of unread.slice(0, MOST_NEW))
      this.#known.set(keyOf(window), summaryOf(await this.#read(window, signal), window.start));
    const current = new Set(wanted.map(keyOf));
    for (const key of this.#known.keys()) if (!current.has(key)) this.#known.delete(key);
    return [...this.#known.values()];
  }

  /** One report whole. @throws Error where there is none */
  report(namespace: string, start: number, signal: AbortSignal): Promise<LogReport> {
    return this.#read({ namespace, start }, signal);
  }

  async #namespaces(signal: AbortSignal): Promise<string[]> {
    const { CommonPrefixes = [] } = await this.#client.send(
      new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: 'reports/', Delimiter: '/' }),
      { abortSignal: signal },
    );
    return CommonPrefixes.slice(0, MOST_NAMESPACES).map(({ Prefix = '' }) => Prefix.split('/')[1] ?? '');
  }

  /** A day has 144 windows: one page holds them. */
  async #windows(prefix: string, signal: AbortSignal): Promise<NamespaceWindow[]> {
    const { Contents = [] } = await this.#client.send(
      new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: prefix }),
      { abortSignal: signal },
    );
    const windows = Contents.map(({ Key = '' }) => parseObjectKey(Key));
    return windows.filter((window) => window !== undefined).filter(({ family }) => family === 'reports');
  }

  async #read(window: NamespaceWindow, signal: AbortSignal): Promise<LogReport> {
    const key = keyOf(window);
    const { Body, ContentLength = 0 } = await this.#client.send(
      new GetObjectCommand({ Bucket: this.#bucket, Key: key }),
      { abortSignal: signal },
    );
    if (ContentLength > MOST_BYTES) throw new Error(`the report '${key}' has ${ContentLength} bytes`);
    return parseReport((await Body?.transformToString()) ?? '');
  }
}
