/** Draws the dashboards from a real run: `npm run dashboards -- [NAME ...]`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRabbitMQ } from '../../cli/local/rabbitmq.ts';
import { repositoryRoot } from '../../cli/up/processes.ts';
import { dashboardSchema } from '../synth/dashboards/schema.ts';
import { picture } from './picture.ts';
import { PrometheusReader } from './prometheus.ts';
import { dashboardsHere, ScrapingPrometheus, StartedRun } from './run.ts';
import { startSources } from './sources.ts';

/** Bursts of 150 jobs: the workload opens and closes, and is at work when the pictures are taken. */
const RUN = ['--jobs', '150', '--every', '75s', '--runs', '4'];
const OPENINGS = 3;
const AT_WORK_SECONDS = 14;
/** Shown before the first one. */
const BEFORE_SECONDS = 5;
const STEPS = 180;
const FOLDER = join(repositoryRoot, 'docs', 'dashboards');

const only = process.argv.slice(2);
const broker = await startRabbitMQ({ collectStatisticsMs: 500 });
const sources = await startSources(broker);
const run = new StartedRun(RUN, broker);
let prometheus: ScrapingPrometheus | undefined;
try {
  prometheus = await ScrapingPrometheus.start(sources.targets, await run.targetsFile());
  await run.opened(1);
  const start = Date.now() / 1000 - BEFORE_SECONDS;
  await run.opened(OPENINGS);
  await sleep(AT_WORK_SECONDS * 1000);
  const end = Date.now() / 1000 - 1;
  const span = { start, end, stepSeconds: Math.max(1, Math.round((end - start) / STEPS)) };
  mkdirSync(FOLDER, { recursive: true });
  for (const [name, json] of dashboardsHere()) {
    if (only.length > 0 && !only.includes(name)) continue;
    const reader = new PrometheusReader(prometheus.url, span);
    writeFileSync(join(FOLDER, `${name}.svg`), await picture(dashboardSchema.parse(json), reader, span));
    console.log(join(FOLDER, `${name}.svg`));
  }
} finally {
  prometheus?.stop();
  await run.stop();
  await sources.stop();
  await broker.stop();
}
