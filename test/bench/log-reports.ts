import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { spawnOwned } from '@sluice/runtime/processes';
import { HEAP_OPTIONS } from '../../apps/platform/log-reports.ts';
import { objectKey, parseReport, WINDOW_MINUTES } from '../../packages/contracts/log-report.ts';
import { logRecords } from '../../packages/contracts/log-store.ts';
import { bundle } from '../../services/bundle.ts';
import { S3ObjectStore, s3Client } from '../../services/log-reports/object-store.ts';
import { eventually } from '../support/job-harness.ts';
import { S3Server } from '../support/s3.ts';
import { VictoriaLogs } from '../support/victoria-logs.ts';
import { type Figure, round } from './figures.ts';

/** Of log lines. A smaller number tries the bench itself out. */
const MEGABYTES = Number(process.env.LOG_REPORTS_MEGABYTES ?? 1000);
const MAX_MEGABYTES = 200;
const WINDOW_MS = WINDOW_MINUTES * 60_000;
const NAMESPACE = 'consumer';
const BLOCK_LINES = 10_000;

const { line: LINE, index: INDEX } = logRecords['victoria-logs'];

const WORDS = [
  'refused',
  'timed out',
  'was reset',
  'is unknown',
  'is not permitted',
  'overflowed',
  'is locked',
];

/** About 180 characters, of one of 70 errors. */
const messageOf = (n: number): string =>
  `error ${'abcdefghij'[n % 10]}: job run-${n}-${n % 97} of "customer ${n * 7}" ${WORDS[n % 7]} at 10.${n % 256}.${(n >> 8) % 256}.7:5672 ` +
  `after ${(n % 9000) / 10} s, trace ${(n * 2_654_435_761).toString(16).padStart(14, '0')}, attempt ${n % 5} of 5, next in ${n % 300} s`;

/** The lines of a window as a file, as `kubectl logs` would give them. @returns how many there are */
async function writeLines(path: string): Promise<number> {
  const file = await open(path, 'w');
  let lines = 0;
  for (let bytes = 0; bytes < MEGABYTES * 1e6; ) {
    const block = Array.from({ length: BLOCK_LINES }, (_, n) => `${messageOf(lines + n)}\n`).join('');
    await file.write(block);
    bytes += Buffer.byteLength(block);
    lines += BLOCK_LINES;
  }
  await file.close();
  return lines;
}

/** Gives the file to the store, spread over the window. */
async function ingest(store: VictoriaLogs, path: string, start: number, lines: number): Promise<void> {
  const options = { _stream_fields: INDEX.join(','), _time_field: LINE.time, _msg_field: LINE.message };
  const url = `${store.url}/insert/jsonline?${new URLSearchParams(options)}`;
  const send = async (block: readonly string[], first: number): Promise<void> => {
    const recordOf = (message: string, n: number) => ({
      [LINE.time]: new Date(start + Math.floor(((first + n) / lines) * (WINDOW_MS - 1))).toISOString(),
      ...{ [LINE.message]: message, [LINE.namespace]: NAMESPACE, [LINE.pod]: `consumer-${n % 25}` },
      ...{ [LINE.container]: 'main', [LINE.stream]: 'stderr' },
    });
    const body = block.map((message, n) => JSON.stringify(recordOf(message, n))).join('\n');
    const { ok, status } = await fetch(url, { method: 'POST', body });
    if (!ok) throw new Error(`VictoriaLogs answered ${status}`);
  };
  let sent = 0;
  let rest = '';
  for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 2 ** 21 })) {
    const texts = `${rest}${chunk}`.split('\n');
    rest = texts.pop() ?? '';
    await send(texts, sent);
    sent += texts.length;
  }
  const count = async () =>
    Number((await store.query('_time:1d | stats count() as lines'))[0]?.lines) >= lines;
  await eventually('VictoriaLogs finds what it took', count, 120);
}

interface Measured {
  readonly seconds: number;
  readonly megabytes: number;
}

/** One run of the service, bundled as its image has it. */
async function runService(directory: string, env: Readonly<Record<string, string>>): Promise<Measured> {
  await bundle('log-reports', directory);
  const began = performance.now();
  const child = spawnOwned(['sh', '-c', `echo $$; exec ${process.execPath} ${join(directory, 'main.mjs')}`], {
    ...{ stdout: 'pipe', env: { PATH: process.env.PATH, NODE_OPTIONS: HEAP_OPTIONS, ...env } },
  });
  const ended = once(child, 'exit');
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  let megabytes = 0;
  while (child.exitCode === null && child.signalCode === null) {
    const pid = Number.parseInt(output, 10);
    megabytes = Math.max(megabytes, peakMegabytes(pid));
    await sleep(50);
  }
  await ended;
  if (child.exitCode !== 0) throw new Error(`the run ended with ${child.exitCode}: ${output.slice(-2000)}`);
  return { seconds: (performance.now() - began) / 1000, megabytes };
}

/** The most that a process has had in memory, megabytes; 0 for one that is gone. */
function peakMegabytes(pid: number): number {
  try {
    const kibibytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return (Number(kibibytes ?? 0) * 1024) / 1e6;
  } catch {
    return 0;
  }
}

/** Extracts and groups a window of many lines, from a real VictoriaLogs to a real S3 server and back. */
export async function logReports(): Promise<Figure[]> {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const store = await VictoriaLogs.start(['-retentionPeriod=7d', '-search.maxQueryDuration=1h']);
  const s3 = await S3Server.start(['raw', 'reports']);
  try {
    const path = join(directory, 'lines.log');
    const lines = await writeLines(path);
    const start = (Math.floor((Date.now() - 120_000) / WINDOW_MS) - 1) * WINDOW_MS;
    await ingest(store, path, start, lines);
    const grepped = performance.now();
    await promisify(execFile)('grep', ['-c', 'error', path], {
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
    });
    const grep = (performance.now() - grepped) / 1000;
    const measured = await runService(join(directory, 'bundle'), {
      ...{ LOG_STORE_URL: store.url, S3_ENDPOINT: s3.url, RAW_BUCKET: 'raw', REPORT_BUCKET: 'reports' },
      ...{ ...s3.credentials, CATCH_UP_WINDOWS: '3', DEADLINE_SECONDS: '3600' },
    });
    Object.assign(process.env, s3.credentials);
    const bucket = new S3ObjectStore(s3Client({ region: 'us-east-1', endpoint: s3.url }), 'reports');
    const key = objectKey('reports', { namespace: NAMESPACE, start });
    const report = parseReport(await bucket.getText(key, AbortSignal.timeout(60_000)));
    const whole = report.lines === lines && report.groups.length === 70 && report.ungrouped === 0;
    return figuresOf(measured, grep, whole);
  } finally {
    await Promise.all([store.stop(), s3.stop()]);
    rmSync(directory, { recursive: true, force: true });
    rmSync(store.folder, { recursive: true, force: true });
  }
}

const figuresOf = ({ seconds, megabytes }: Measured, grep: number, whole: boolean): Figure[] => [
  {
    bench: 'log-reports-memory',
    ...{ value: round(megabytes), unit: 'MB' },
    target: `below ${MAX_MEGABYTES} MB at its peak, ${MEGABYTES} MB of lines extracted and grouped, each counted`,
    ok: whole && megabytes < MAX_MEGABYTES,
  },
  {
    bench: 'log-reports-speed',
    ...{ value: round(MEGABYTES / seconds), unit: 'MB/s', ratio: round(grep / seconds) },
    target: `of lines from the store to the report; the ratio is to \`grep -c\` on the same file (${round(MEGABYTES / grep)} MB/s)`,
    ok: whole,
  },
];
