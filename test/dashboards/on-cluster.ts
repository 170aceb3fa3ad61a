/** Draws the dashboards of a cluster from a real one: `npm run dashboards:cluster -- [NAME ...]`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { deliver, publish, startCluster } from './cluster.ts';
import { startClusterPrometheus } from './cluster-prometheus.ts';
import { ON_CLUSTER } from './names.ts';
import { drawAll } from './pages.ts';

/** The kubelet's figures of containers are up to 15 s old. */
const SCRAPE_SECONDS = 15;
const BEFORE_SECONDS = 20;
const STEPS = 120;
/** Jobs are done, and consumers are gone again. */
const WORK_SECONDS = 150;

const only = process.argv.slice(2);
const system = await startCluster();
try {
  const url = await startClusterPrometheus(system.cluster);
  await sleep(BEFORE_SECONDS * 1000);
  const start = Date.now() / 1000 - BEFORE_SECONDS;
  await deliver(system);
  await publish(system);
  await sleep(WORK_SECONDS * 1000);
  const end = Date.now() / 1000 - 1;
  const stepSeconds = Math.max(1, Math.round((end - start) / STEPS));
  const span = { start, end, stepSeconds, scrapeSeconds: SCRAPE_SECONDS };
  await drawAll(url, span, (name) => ON_CLUSTER.includes(name) && (only.length === 0 || only.includes(name)));
} finally {
  await system.stop();
}
