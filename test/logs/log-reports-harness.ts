import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { logRecords } from '../../packages/contracts/log-store.ts';
import { S3ObjectStore, s3Client } from '../../services/log-reports/object-store.ts';
import { eventually } from '../support/job-harness.ts';
import { S3Server } from '../support/s3.ts';
import { VictoriaLogs } from '../support/victoria-logs.ts';

export const RAW = 'raw-windows';
export const REPORTS = 'reports';

const MAIN = join(import.meta.dirname, '..', '..', 'services', 'log-reports', 'main.ts');
const { line: LINE, event: EVENT, index: INDEX } = logRecords['victoria-logs'];

/** What a test says of a line; times are epoch milliseconds. */
export interface Written {
  readonly namespace: string;
  readonly at: number;
  readonly message: string;
  readonly level?: string;
  readonly pod?: string;
  /** Where it begins in its file. @default not known */
  readonly position?: number;
  /** What the line has beside its text, where it is one of JSON. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly event?: { readonly reason: string; readonly type: string };
}

/** How a run of the service ended, and what it said. */
export interface Run {
  readonly code: number;
  readonly lines: readonly Record<string, unknown>[];
}

/** A log store, an S3 server, and the service as a process between them. */
export class LogReportsHarness {
  readonly store: VictoriaLogs;
  readonly s3: S3Server;
  readonly signal = AbortSignal.timeout(600_000);
  #written = 0;

  private constructor(store: VictoriaLogs, s3: S3Server) {
    this.store = store;
    this.s3 = s3;
  }

  static async start(): Promise<LogReportsHarness> {
    const store = await VictoriaLogs.start(['-retentionPeriod=30d', '-inmemoryDataFlushInterval=1s']);
    return new LogReportsHarness(store, await S3Server.start([RAW, REPORTS]));
  }

  async stop(): Promise<void> {
    await Promise.all([this.store.stop(), this.s3.stop()]);
  }

  bucket(name: string): S3ObjectStore {
    Object.assign(process.env, this.s3.credentials);
    return new S3ObjectStore(s3Client({ region: 'us-east-1', endpoint: this.s3.url }), name);
  }

  async keys(bucket: string): Promise<string[]> {
    return collect(this.bucket(bucket).list('', this.signal));
  }

  lines(key: string): Promise<string[]> {
    return collect(this.bucket(RAW).getLines(key, this.signal));
  }

  /** Writes lines as the agents do, and waits until a query finds them. */
  async write(lines: readonly Written[]): Promise<void> {
    const options = { _stream_fields: INDEX.join(','), _time_field: LINE.time, _msg_field: LINE.message };
    const response = await fetch(`${this.store.url}/insert/jsonline?${new URLSearchParams(options)}`, {
      method: 'POST',
      body: lines.map((line) => JSON.stringify(recordOf(line))).join('\n'),
    });
    if (!response.ok) throw new Error(`the store took no lines: ${response.status}`);
    this.#written += lines.length;
    await eventually('the store finds what it took', async () => (await this.count()) >= this.#written);
  }

  async count(): Promise<number> {
    const [row] = await this.store.query('_time:60d | stats count() as lines');
    return Number(row?.lines ?? 0);
  }

  /** `sluice logs restore` of the bucket of raw windows. */
  async restore(options: readonly string[]): Promise<{ readonly code: number; readonly text: string }> {
    const bucket = ['--bucket', RAW, '--endpoint', this.s3.url];
    const args = [SLUICE, 'logs', 'restore', ...options, ...bucket];
    const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...this.s3.credentials };
    return promisify(execFile)(process.execPath, args, { env }).then(
      ({ stdout }) => ({ code: 0, text: stdout }),
      ({ code, stdout }: { code: number; stdout: string }) => ({ code, text: stdout }),
    );
  }

  /** One run of the service, to its end. */
  async run(environment: Readonly<Record<string, string>> = {}): Promise<Run> {
    const env = {
      PATH: process.env.PATH,
      ...this.s3.credentials,
      ...{ LOG_STORE_URL: this.store.url, S3_ENDPOINT: this.s3.url },
      ...{ RAW_BUCKET: RAW, REPORT_BUCKET: REPORTS, ...environment },
    };
    const { stdout, code } = await promisify(execFile)(process.execPath, [MAIN], {
      env,
      maxBuffer: 64 * 1024 * 1024,
    }).then(
      ({ stdout }) => ({ stdout, code: 0 }),
      (error: { stdout: string; code: number }) => error,
    );
    return {
      code,
      lines: stdout
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line)),
    };
  }
}

/** The command line. */
const SLUICE = join(import.meta.dirname, '..', '..', 'cli', 'main.ts');

const recordOf = ({ namespace, at, message, level, pod = 'pod-1', position, fields, event }: Written) => ({
  ...fields,
  ...{ [LINE.time]: new Date(at).toISOString(), [LINE.message]: message, [LINE.namespace]: namespace },
  ...(level !== undefined && { [LINE.level]: level }),
  ...(position !== undefined && { [LINE.position]: String(position) }),
  ...(event === undefined
    ? { [LINE.pod]: pod, [LINE.container]: 'main', [LINE.stream]: 'stderr' }
    : {
        ...{ [EVENT.reason]: event.reason, [EVENT.type]: event.type },
        ...{ [EVENT.kind]: 'Pod', [EVENT.name]: pod },
      }),
});

async function collect(texts: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const text of texts) all.push(text);
  return all;
}
