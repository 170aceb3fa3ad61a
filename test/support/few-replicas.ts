/**
 * `sluice up` with a worker of few replicas: what ends 25 processes ends 4 by the same code, in less time.
 *   node test/support/few-replicas.ts REPLICAS [options of sluice up]
 */
import { latch } from '@sluice/policy';
import { local, systemIn, withOverrides } from '../../apps/testing/desired-state.ts';
import { runUp } from '../../cli/up.ts';

const [replicas, ...options] = process.argv.slice(2);
const policy = latch({
  replicas: Number(replicas),
  startWhen: { readyAtLeast: 10, oldestWaitSeconds: 60 },
});
const environment = withOverrides(local, { consumer: { policy } });
const sources = { environment, system: systemIn(environment), variables: process.env };
process.exitCode = await runUp(options, sources);
