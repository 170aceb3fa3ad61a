/**
 * `sluice up` with a worker of few replicas: what ends 25 processes ends 4 by the same code, in less time.
 *   node test/support/few-replicas.ts REPLICAS [options of sluice up]
 */
import { latch } from '@sluice/policy';
import { applications } from '../../apps/main.ts';
import { systemIn } from '../../apps/rendering.ts';
import { runUp } from '../../cli/up.ts';
import { local } from '../../environments/local.ts';

const [replicas, ...options] = process.argv.slice(2);
const policy = latch({
  replicas: Number(replicas),
  startWhen: { readyAtLeast: 10, oldestWaitSeconds: 60 },
});
const environment = { ...local, workloads: { consumer: { policy } } };
const sources = { environment, system: systemIn(environment, applications), variables: process.env };
process.exitCode = await runUp(options, sources);
