/** Draws the dashboards from a real run: `npm run dashboards -- [NAME ...]`. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startRabbitMQ } from '../../cli/local/rabbitmq.ts';
import { LoggedServices } from './logs.ts';
import { ON_CLUSTER } from './names.ts';
import { drawAll } from './pages.ts';
import { ScrapingPrometheus, StartedRun } from './run.ts';
import { startSources } from './sources.ts';

/** Bursts of 150 jobs: the workload opens and closes, and is at work when the pictures are taken. */
const RUN = ['--jobs', '150', '--every', '75s', '--runs', '4'];
const OPENINGS = 3;
const AT_WORK_SECONDS = 14;
/** Shown before the first one. */
const BEFORE_SECONDS = 5;
const STEPS = 180;

const only = process.argv.slice(2);
const broker = await startRabbitMQ({ collectStatisticsMs: 500 });
const logs = await LoggedServices.start();
const sources = await startSources(broker, logs);
const run = new StartedRun(RUN, broker, (line) => logs.write('up', line));
let prometheus: ScrapingPrometheus | undefined;
try {
  prometheus = await ScrapingPrometheus.start(sources.targets, await run.targetsFile());
  await run.opened(1);
  const start = Date.now() / 1000 - BEFORE_SECONDS;
  await sources.fail();
  await run.opened(OPENINGS);
  await sleep(AT_WORK_SECONDS * 1000);
  const end = Date.now() / 1000 - 1;
  const span = { start, end, stepSeconds: Math.max(1, Math.round((end - start) / STEPS)) };
  const isWanted = (name: string): boolean =>
    !ON_CLUSTER.includes(name) && (only.length === 0 || only.includes(name));
  await drawAll(prometheus.url, span, isWanted, (query) => logs.read(query));
} finally {
  prometheus?.stop();
  await run.stop();
  await sources.stop();
  await logs.stop();
  await broker.stop();
}
