import { mkdtempSync, rmSync } from 'node:fs';
import { type ClientRequest, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bundle } from '../../services/bundle.ts';
import { writeSnapshot } from '../../services/collector/snapshots.ts';
import { snapshotAt } from './site.ts';
import { type Served, startBoard, startMetrics } from './system.ts';

const FOLLOWERS = 500;
const SECONDS = 20;
/** Half of them are on pages that change with every reading, half on those that change with a snapshot. */
const PAGES = ['/queues/jobs', '/cluster-info', '/', '/releases'] as const;

let board: Served;
let metrics: Awaited<ReturnType<typeof startMetrics>>;
const requests: ClientRequest[] = [];

const folder = mkdtempSync(join(tmpdir(), 'sluice-board-bundle-'));

beforeAll(async () => {
  // As it is in an image.
  await bundle('board', folder);
  metrics = await startMetrics();
  const snapshots = join(folder, 'snapshots');
  await writeSnapshot(snapshots, snapshotAt(Math.floor(Date.now() / 1000) * 1000, 1, 'a usual error'), 10);
  board = await startBoard({ ...metrics.env, SNAPSHOT_DIR: snapshots }, join(folder, 'main.mjs'));
});

afterAll(async () => {
  for (const request of requests) request.destroy();
  await board?.stop();
  await metrics?.stop();
  rmSync(folder, { recursive: true });
});

/** A value of the board's own exposition. */
async function figure(name: string): Promise<number> {
  const exposition = await (await fetch(`${board.url}metrics`)).text();
  return Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(exposition)?.[1]);
}

it(`serves ${FOLLOWERS} browsers that follow its pages, on a fifth of a core and 200 MB`, async () => {
  let ready = 0;
  const decide = () => {
    ready += 1;
    metrics.decide('jobs', ready, 'opening to 3 replicas');
  };
  decide();
  await expect.poll(() => fetch(`${board.url}queues/jobs`).then(({ status }) => status)).toBe(200);
  let events = 0;
  for (let follower = 0; follower < FOLLOWERS; follower += 1) {
    const request = get(`${board.url}live?page=${PAGES[follower % PAGES.length]}`, (response) => {
      response.on('data', (chunk: Buffer) => {
        events += chunk.toString().split('event: regions').length - 1;
      });
      response.on('error', () => {});
    });
    request.on('error', () => {});
    requests.push(request);
  }
  await expect.poll(() => figure('sluice_board_streams')).toBe(FOLLOWERS);
  await sleep(2000);
  const [cpu, since, seen] = [await figure('process_cpu_seconds_total'), performance.now(), events];
  for (let second = 0; second < SECONDS; second += 1) {
    // Every poll brings a new reading and a decision: every part of the page changes.
    decide();
    await sleep(1000);
  }
  const seconds = (performance.now() - since) / 1000;
  const cores = ((await figure('process_cpu_seconds_total')) - cpu) / seconds;
  const megabytes = (await figure('process_resident_memory_bytes')) / 1e6;
  process.stdout.write(
    `${FOLLOWERS} followers: ${(cores * 100).toFixed(1)} % of a core, ${megabytes.toFixed(0)} MB, ${events - seen} events in ${seconds.toFixed(0)} s\n`,
  );
  expect(events - seen).toBeGreaterThan((FOLLOWERS / 2) * (SECONDS / 2));
  expect(cores).toBeLessThan(0.2);
  expect(megabytes).toBeLessThan(200);
});
