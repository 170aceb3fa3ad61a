import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseSnapshot } from '../../packages/contracts/cluster-snapshot.ts';
import { writeSnapshot } from '../../services/collector/snapshots.ts';
import { type Look, openBrowser, overflowOf, picture, violationsOf, visit } from './browser.ts';
import { type Served, startBoard } from './system.ts';

/**
 * What the collector wrote of a test cluster on which the board's Application and the others were delivered:
 * `RECORD=1 npm run test:cluster -- --project more test/cluster/board.test.ts` writes it anew.
 */
const RECORDED = join(import.meta.dirname, 'fixtures', 'snapshots', '*.json.gz');

/** No other number of a snapshot is as large as an instant, in ms since the epoch. */
const INSTANT = 1_500_000_000_000;

let browser: Browser;
let folder: string;
let served: Served;
/** Of the snapshots as they are served, the oldest first. */
const taken: number[] = [];

const read = (file: string): string => gunzipSync(readFileSync(file)).toString();

/** The last snapshot was taken now, and all else as long before it as it was. */
async function serveRecorded(): Promise<void> {
  const texts = globSync(RECORDED).sort().map(read);
  const moved = Date.now() - Math.max(...texts.map((text) => parseSnapshot(text).takenAt));
  const shift = (_: string, value: unknown) =>
    typeof value === 'number' && value > INSTANT ? value + moved : value;
  for (const text of texts) {
    const snapshot = parseSnapshot(JSON.stringify(JSON.parse(text, shift)));
    await writeSnapshot(folder, snapshot, 10);
    taken.push(snapshot.takenAt);
  }
}

beforeAll(async () => {
  browser = await openBrowser();
  folder = mkdtempSync(join(tmpdir(), 'sluice-board-recorded-'));
  await serveRecorded();
  served = await startBoard({ SNAPSHOT_DIR: folder });
});
afterAll(async () => {
  await served?.stop();
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

const LOOKS: readonly Look[] = [{ theme: 'light' }, { theme: 'dark', language: 'de', width: 360 }];

async function seen(path: string, look: Look, name?: string): Promise<string> {
  const one = await visit(browser, new URL(path, served.url).href, look);
  const text = (await one.page.locator('main').textContent()) ?? '';
  if (look.theme === 'light' && name !== undefined) await picture(one, name);
  expect(await violationsOf(one)).toEqual([]);
  expect(await overflowOf(one)).toBe(0);
  expect(one.complaints).toEqual([]);
  await one.close();
  return text;
}

it.each(LOOKS)(
  'shows the cluster that the collector has read, and what it does not have: %j',
  async (look) => {
    const text = await seen('cluster-info', look);
    for (const name of ['node-1', 'kwok-1', 'consumer', 'scaler', 'traefik', 'log-gate'])
      expect(text).toContain(name);
  },
);

it.each(LOOKS)('shows what differs between the two runs of the collector: %j', async (look) => {
  const text = await seen(`cluster-info?from=${taken[0]}`, look, 'cluster-info-recorded-difference');
  expect(text).toContain('exporter');
});
