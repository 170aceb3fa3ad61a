import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawnOwned } from '@sluice/runtime/processes';
import { bundle } from '../../services/bundle.ts';
import { type Figure, round } from './figures.ts';

const TARGETS = 1000;
const INTERVAL_SECONDS = 15;
/** 20 counters, and 40 items with two gauges each: 100 series a target. */
const COUNTERS = 20;
const ITEMS = 40;
const SERIES = TARGETS * (COUNTERS + 2 * ITEMS);
const SETTLE_SECONDS = 2 * INTERVAL_SECONDS;
const SCRAPES = 4;
const MAX_CORES = 1;
const MAX_MEGABYTES = 150;
/** Kernel ticks a second in /proc, a constant of Linux's interface. @see proc(5) */
const TICKS_PER_SECOND = 100;

/**
 * CPU and memory of the exporter, bundled as its image has it, with 1,000 targets of 100 series each. This
 * process answers them, and scrapes all series once an interval.
 */
export async function exporterLoad(): Promise<Figure[]> {
  const directory = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const { server, url } = await serveDocuments();
  await bundle('exporter', directory);
  const { child, origin } = await start(directory, url);
  try {
    await sleep(SETTLE_SECONDS * 1000);
    const before = cpuSeconds(child.pid);
    const began = performance.now();
    for (let scrape = 0; scrape < SCRAPES; scrape += 1) {
      expectWhole(await (await fetch(`${origin}/metrics`)).text());
      await sleep(INTERVAL_SECONDS * 1000);
    }
    const cores = (cpuSeconds(child.pid) - before) / ((performance.now() - began) / 1000);
    return figures(cores, peakMegabytes(child.pid));
  } finally {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
    server.close();
    server.closeAllConnections();
    rmSync(directory, { recursive: true });
  }
}

const load = `with ${TARGETS} targets of ${SERIES / TARGETS} series at ${INTERVAL_SECONDS} s`;

const figures = (cores: number, megabytes: number): Figure[] => [
  {
    bench: 'exporter-load-cpu',
    value: round(cores),
    unit: 'cores',
    target: `<= ${MAX_CORES} core ${load}`,
    ok: cores > 0 && cores <= MAX_CORES,
  },
  {
    bench: 'exporter-load-rss',
    value: round(megabytes),
    unit: 'MB at most',
    target: `<= ${MAX_MEGABYTES} MB ${load}`,
    ok: megabytes > 0 && megabytes <= MAX_MEGABYTES,
  },
];

/** What is cheap because it is missing would be no figure. */
function expectWhole(text: string): void {
  const series = text.match(/^bench_.*/gm)?.length ?? 0;
  const up = text.match(/^sluice_exporter_target_up\{.*1$/gm)?.length ?? 0;
  if (series !== SERIES || up !== TARGETS) throw new Error(`${series} series, ${up} targets up`);
}

/** Documents whose values grow from fetch to fetch. */
async function serveDocuments(): Promise<{ server: Server; url: string }> {
  let fetches = 0;
  const server = createServer((_request, response) => {
    fetches += 1;
    const counters = Array.from({ length: COUNTERS }, (_, index) => [`events_${index}`, fetches + index]);
    const items = Array.from({ length: ITEMS }, (_, index) => ({
      ...{ name: `queue-${index}`, vhost: '/', ready: fetches % 997, unacked: index, state: 'running' },
    }));
    const body = JSON.stringify({ ...Object.fromEntries(counters), items });
    response.setHeader('content-type', 'application/json').end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function mapping(): object {
  const counters = Array.from({ length: COUNTERS }, (_, index) => ({
    ...{ name: `bench_events_${index}_total`, type: 'counter', help: 'Events.', path: `events_${index}` },
  }));
  const gauges = ['ready', 'unacked'].map((path) => ({
    ...{ name: `bench_queue_${path}`, type: 'gauge', help: 'Messages.', items: 'items[*]', path },
    labelsFrom: { queue: 'name', vhost: 'vhost' },
  }));
  return { metrics: [...counters, ...gauges] };
}

async function start(directory: string, url: string): Promise<{ child: ChildProcess; origin: string }> {
  const targets = Array.from({ length: TARGETS }, (_, index) => ({
    ...{ name: `target-${index}`, url: `${url}/${index}.json`, module: 'bench' },
  }));
  const mappings = join(directory, 'mappings');
  mkdirSync(mappings);
  writeFileSync(join(mappings, 'bench.yaml'), JSON.stringify(mapping()));
  const file = join(directory, 'targets.yaml');
  writeFileSync(file, JSON.stringify({ targets, allowAddresses: ['127.0.0.0/8'] }));
  const child = spawnOwned([process.execPath, join(directory, 'main.mjs')], {
    env: {
      ...{ PATH: process.env.PATH, NODE_ENV: 'production', HTTP_HOST: '127.0.0.1', HTTP_PORT: '0' },
      ...{ MAPPINGS_DIRECTORY: mappings, TARGETS_FILE: file, INTERVAL_SECONDS: String(INTERVAL_SECONDS) },
    },
    stdout: 'pipe',
  });
  const port = await new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error('the exporter did not listen')));
    if (child.stdout !== null)
      createInterface({ input: child.stdout }).on('line', (line) => {
        const { msg, port } = JSON.parse(line);
        if (msg === 'listening') resolve(port);
      });
  });
  return { child, origin: `http://127.0.0.1:${port}` };
}

/** User and system time so far. */
function cpuSeconds(pid: number | undefined): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** The most memory that was ever resident. */
function peakMegabytes(pid: number | undefined): number {
  const [, kibibytes = ''] = /VmHWM:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return (Number(kibibytes) * 1024) / 1e6;
}
