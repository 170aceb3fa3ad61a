/** Draws the dashboard of stores from a real Redis with a replica and an Elasticsearch of two nodes: `npm run dashboards:stores`. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@sluice/runtime/processes';
import { Queue, Worker } from 'bullmq';
import { storeExporter } from '../../apps/platform/store-exporters.ts';
import { bank, render, withTransactions } from '../../apps/testing/desired-state.ts';
import { processTarget } from '../../cli/up/metrics-targets.ts';
import { startElasticsearch } from '../../packages/testbed/servers/elasticsearch.ts';
import { bankPasswordOf, startBankRedis, startReplica, testerLogin } from '../support/bank-redis.ts';
import { startStoreExporter } from '../support/store-exporter.ts';
import { drawAll } from './pages.ts';
import { dashboardsIn, ScrapingPrometheus } from './run.ts';

const BEFORE_SECONDS = 30;
const AFTER_SECONDS = 60;
const STEPS = 120;
const BATCH = 50;
const PAUSE_MS = 200;

const JOBS_MS = 20;

/** A queue and its worker, until the signal. */
async function workOn(port: number, signal: AbortSignal): Promise<void> {
  const options = { connection: { port, ...testerLogin }, prefix: '{transactions}' };
  const queue = new Queue('pictures', options);
  const worker = new Worker('pictures', async () => sleep(JOBS_MS), options);
  for (let count = 0; !signal.aborted; count += 1) {
    await queue.addBulk(Array.from({ length: 1 + (count % BATCH) }, () => ({ name: 'picture', data: {} })));
    await sleep(PAUSE_MS, undefined, { signal }).catch(() => {});
  }
  await worker.close();
  await queue.close();
}

/** Batches and searches, one after the other, until the signal. */
async function putLoadOn(url: string, signal: AbortSignal): Promise<void> {
  const headers = { 'content-type': 'application/x-ndjson' };
  for (let count = 0; !signal.aborted; count += 1) {
    const lines = Array.from({ length: BATCH }, (_, index) => [
      { create: { _id: `${count}-${index}` } },
      { description: `transfer ${count}`, amount: index },
    ]);
    const body = `${lines
      .flat()
      .map((line) => JSON.stringify(line))
      .join('\n')}\n`;
    const requests = [
      fetch(`${url}/transactions-1/_bulk`, { method: 'POST', headers, body, signal }),
      fetch(`${url}/transactions-1/_search?q=description:transfer`, { signal }),
    ];
    await Promise.allSettled(requests.map(async (request) => (await request).arrayBuffer()));
    await sleep(PAUSE_MS, undefined, { signal }).catch(() => {});
  }
}

const transport = await freePort();
const nodes = [await startElasticsearch({ name: 'first', port: transport, first: transport })];
const url = nodes[0]?.url ?? '';
const redis = await startBankRedis();
const replica = await startReplica(redis);
const exporters = {
  redis: await startStoreExporter('redis', redis.server.url, bankPasswordOf(storeExporter('redis').name)),
  elasticsearch: await startStoreExporter('elasticsearch', url),
};
const ended = new AbortController();
const load = Promise.all([putLoadOn(url, ended.signal), workOn(redis.port, ended.signal)]);
const none = join(mkdtempSync(join(tmpdir(), 'sluice-dashboards-')), 'none.json');
writeFileSync(none, '[]');
const targets = (['redis', 'elasticsearch'] as const).map((store) => {
  const { name, namespace } = storeExporter(store);
  return processTarget(name, namespace, Number(new URL(exporters[store].server.url).port));
});
const prometheus = await ScrapingPrometheus.start(targets, none);
try {
  const start = Date.now() / 1000;
  await sleep(BEFORE_SECONDS * 1000);
  nodes.push(await startElasticsearch({ name: 'second', port: await freePort(), first: transport }));
  await sleep(AFTER_SECONDS * 1000);
  const end = Date.now() / 1000 - 1;
  const span = { start, end, stepSeconds: Math.max(1, Math.round((end - start) / STEPS)) };
  const dashboards = dashboardsIn(render([bank], withTransactions));
  await drawAll(prometheus.url, span, (one) => one === 'stores', undefined, dashboards);
} finally {
  ended.abort();
  await load;
  prometheus.stop();
  for (const { server } of Object.values(exporters)) await server.stop();
  for (const server of [...nodes, replica, redis.server]) await server.stop();
}
