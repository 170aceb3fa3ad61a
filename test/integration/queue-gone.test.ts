import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { workQueue } from '../../charts/queue-topology.ts';
import { eventually, JobBed } from '../support/job-bed.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { publishJobs } from './jobs.ts';

let bed: JobBed;
let proxy: TcpProxy;
beforeEach(async () => {
  bed = await JobBed.open(inject('broker'));
  proxy = await TcpProxy.to(bed.vhost.amqpUrl);
});
afterEach(async () => {
  await bed.close();
  await proxy.close();
});

const CONSUMERS = 3;

it('consumers whose queue is deleted, and whose connections are reset then, come back when it is declared again', async () => {
  const env = { AMQP_URL: proxy.through(bed.vhost.amqpUrl), IDLE_LIMIT_SECONDS: '1' };
  for (let index = 0; index < CONSUMERS; index += 1) bed.startConsumer(env);
  const healthy = async (path: string) => (await bed.get('consumer', path)).ok;
  await eventually('it consumes', () => healthy('/readyz'));
  await eventually('all are connected', async () => bed.of('connected').length === CONSUMERS);
  await bed.vhost.api('DELETE', `queues/${bed.vhost.name}/jobs`);
  // Cancelled, and told that there is no queue at the next try: then the goodbye is under way too.
  await bed.untilSaid('connection lost', 2 * CONSUMERS);
  proxy.reset();
  expect(await healthy('/readyz')).toBe(false);
  await eventually('it is not alive', async () => !(await healthy('/livez')));
  expect(await (await bed.get('consumer', '/livez')).text()).toMatch(/^not consuming 'jobs' for \d+ s\n$/);
  expect(await (await bed.get('consumer', '/metrics')).text()).toContain(
    'consumer_consuming{component="consumer"} 0\n',
  );
  const topology = workQueue({ queue: 'jobs', retrySeconds: 1, vhost: bed.vhost.name, passwordFiles: {} });
  expect(await bed.topology(topology)).toBe(0);
  await publishJobs(bed, 'run', 30);
  const consumers = async () => {
    const queue = (await (await bed.vhost.api('GET', `queues/${bed.vhost.name}/jobs`)).json()) as object;
    return 'consumers' in queue ? Number(queue.consumers) : 0;
  };
  // Full jitter: at most 30 s between two tries.
  await eventually('all consume again', async () => (await consumers()) === CONSUMERS, 45);
  await bed.untilSaid('job processed', 30);
  expect([await healthy('/livez'), await healthy('/readyz')]).toEqual([true, true]);
}, 120_000);
