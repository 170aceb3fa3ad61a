import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { workQueue } from '../../charts/queue-topology.ts';
import { publishJobs } from '../integration/jobs.ts';
import { eventually, JobHarness } from '../support/job-harness.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';

let harness: JobHarness;
let proxy: TcpProxy;
beforeEach(async () => {
  harness = await JobHarness.open(inject('broker'));
  proxy = await TcpProxy.to(harness.vhost.amqpUrl);
});
afterEach(async () => {
  await harness.close();
  await proxy.close();
});

const CONSUMERS = 3;

it('consumers whose queue is deleted, and whose connections are reset then, come back when it is declared again', async () => {
  const env = { AMQP_URL: proxy.through(harness.vhost.amqpUrl), IDLE_LIMIT_SECONDS: '1' };
  for (let index = 0; index < CONSUMERS; index += 1) harness.startConsumer(env);
  const healthy = async (path: string) => (await harness.get('consumer', path)).ok;
  await eventually('it consumes', () => healthy('/readyz'));
  await eventually('all are connected', async () => harness.of('connected').length === CONSUMERS);
  await harness.vhost.api('DELETE', `queues/${harness.vhost.name}/jobs`);
  // Cancelled, and refused at the next attempt because there is no queue: then the cancellation has arrived too.
  await harness.untilSaid('connection lost', 2 * CONSUMERS);
  proxy.reset();
  expect(await healthy('/readyz')).toBe(false);
  await eventually('it is not alive', async () => !(await healthy('/livez')));
  expect(await (await harness.get('consumer', '/livez')).text()).toMatch(
    /^not consuming 'jobs' for \d+ s\n$/,
  );
  expect(await (await harness.get('consumer', '/metrics')).text()).toContain(
    'consumer_consuming{component="consumer"} 0\n',
  );
  const topology = workQueue({
    queue: 'jobs',
    retrySeconds: 1,
    vhost: harness.vhost.name,
    passwordFiles: {},
  });
  expect(await harness.topology(topology)).toBe(0);
  await publishJobs(harness, 'run', 30);
  const consumers = async () => {
    const queue = (await (
      await harness.vhost.api('GET', `queues/${harness.vhost.name}/jobs`)
    ).json()) as object;
    return 'consumers' in queue ? Number(queue.consumers) : 0;
  };
  // Full jitter: at most 25 s between two tries, and a connection takes less than the rest.
  await eventually('all consume again', async () => (await consumers()) === CONSUMERS, 30);
  await harness.untilSaid('job processed', 30);
  expect([await healthy('/livez'), await healthy('/readyz')]).toEqual([true, true]);
});
