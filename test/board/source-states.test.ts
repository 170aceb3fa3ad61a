import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeSnapshot } from '../../services/collector/snapshots.ts';
import { LogReportsHarness, REPORTS } from '../logs/log-reports-harness.ts';
import { type LocalPrometheus, startPrometheus } from '../support/prometheus.ts';
import { type Look, openBrowser, overflowOf, picture, violationsOf, visit } from './browser.ts';
import { type Gate, startGate } from './gate.ts';
import { snapshotAt } from './site.ts';
import { type Served, startBoard, startMetrics } from './system.ts';

/** Every page with a source of its own, from its first moment to the end of its source, in this order. */
let browser: Browser;
let folder: string;
let logs: LogReportsHarness;
let prometheus: LocalPrometheus;
let metrics: Awaited<ReturnType<typeof startMetrics>>;
let served: Served;
const gates: Gate[] = [];

beforeAll(async () => {
  browser = await openBrowser();
  folder = mkdtempSync(join(tmpdir(), 'sluice-board-states-'));
  logs = await LogReportsHarness.start();
  const now = Math.floor(Date.now() / 1000);
  const samples = Array.from({ length: 60 }, (_, n): [number, number] => [now - (59 - n) * 60, 3]);
  prometheus = await startPrometheus([{ name: 'kube_node_info', labels: { node: 'a' }, samples }]);
  metrics = await startMetrics();
  metrics.decide('jobs', 40, 'opening to 3 replicas');
  for (const { url } of [prometheus, logs.s3, logs.store]) gates.push(await startGate(url, 'silent'));
  const [queries, reports, lines] = gates.map(({ url }) => url);
  // Decisions come from the log store, as in a cluster.
  const { LOG_FILE: _, ...scaler } = metrics.env;
  served = await startBoard({
    SCALER_NAMESPACE: 'scaler',
    ...{ ...scaler, ...logs.s3.credentials, SNAPSHOT_DIR: join(folder, 'snapshots') },
    ...{ PROMETHEUS_URL: queries, REPORT_BUCKET: REPORTS, S3_ENDPOINT: reports },
    ...{ LOG_STORE: 'victoria-logs', LOG_STORE_URL: lines },
  });
});
afterAll(async () => {
  await served?.stop();
  for (const gate of gates) await gate.stop();
  await metrics?.stop();
  prometheus?.stop();
  await logs?.stop();
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

const LOOKS: readonly Look[] = [{ theme: 'light' }, { theme: 'dark', language: 'de', width: 360 }];

/** The page comes to say a text, by itself and without a script; both looks of it are sound. */
async function says(path: string, text: RegExp, state: string, also: RegExp = /./): Promise<void> {
  for (const look of LOOKS) {
    const one = await visit(browser, new URL(path, served.url).href, look);
    if (look.theme === 'light') {
      await one.page.locator('main').getByText(text).first().waitFor({ timeout: 120_000 });
      expect(await one.page.locator('main').textContent()).toMatch(also);
      await picture(one, `state-${state}-${path.replace('/', '-')}`);
    }
    expect(await violationsOf(one)).toEqual([]);
    expect(await overflowOf(one)).toBe(0);
    expect(one.complaints).toEqual([]);
    await one.close();
  }
}

describe('a page whose source', () => {
  it.each([
    // That no alert fires is not known yet either.
    ['infra', /Prometheus has not answered yet/, /^(?!.*No alert fires)/s],
    ['logs', /The first answer is on its way/, /./],
    ['logs/live', /The first answer is on its way/, /./],
  ])('has not answered yet is there soon, and says so: /%s', (path, text, also) =>
    says(path, text, 'loading', also),
  );

  it('answers at last fills by itself', async () => {
    const one = await visit(browser, new URL('logs/live', served.url).href);
    await one.page.getByText(/The first answer is on its way|The log store does not answer/).waitFor();
    await one.page.locator('html.connected').waitFor();
    for (const gate of gates) await gate.set('open');
    await one.page.getByText('No line of the last hour matches').waitFor({ timeout: 60_000 });
    await one.close();
  });

  it.each([
    ['cluster-info', /No snapshot yet|The snapshots cannot be read/],
    ['releases', /No snapshot yet|The snapshots cannot be read/],
    ['infra', /No alert fires/],
    ['logs', /No errors/],
    ['logs/live', /No line of the last hour matches/],
    ['queues/jobs', /No decision yet/],
  ])('has nothing says what to do or that all is well: /%s', (path, text) => says(path, text, 'empty'));

  it('does not answer any more keeps what it has shown, and says so on each page', async () => {
    const at = Math.floor(Date.now() / 1000) * 1000;
    await writeSnapshot(join(folder, 'snapshots'), snapshotAt(at, 1, 'a usual error'), 10);
    const line = { namespace: 'consumer', at: Date.now(), message: 'job processed in 20 ms' };
    const decision = { workload: 'jobs', current: '0', replicas: '3', reason: 'BacklogReachedMark' };
    const told = { namespace: 'scaler', at: Date.now(), message: 'opening to 3 replicas', fields: decision };
    await logs.write([line, told]);
    await says('cluster-info', /1 node is not ready/, 'live');
    await says('infra', /^Nodes$/, 'live');
    await says('logs/live', /job processed in 20 ms/, 'live');
    await says('queues/jobs', /opening to 3 replicas/, 'live', /Mark reached/);
    for (const gate of gates) await gate.set('closed');
    rmSync(join(folder, 'snapshots'), { recursive: true });
    await says('infra', /Prometheus does not answer/, 'stale', /Nodes/);
    await says('logs/live', /The log store does not answer/, 'stale', /job processed in 20 ms/);
    await says('queues/jobs', /The log store does not answer/, 'stale', /opening to 3 replicas/);
    await says('logs', /The reports cannot be read/, 'stale', /No errors/);
    await says('cluster-info', /The snapshots cannot be read/, 'stale', /consumer/);
    await says('releases', /The snapshots cannot be read/, 'stale', /is not live/);
  });
});
