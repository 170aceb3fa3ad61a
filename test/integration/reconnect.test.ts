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
  await proxy.close();
  await bed.close();
});

const ready = async () => (await bed.get('consumer', '/readyz')).status === 200;

it('a consumer whose queue is deleted and whose connection then breaks consumes again when the queue is back', async () => {
  bed.startConsumer({ AMQP_URL: proxy.through(bed.vhost.amqpUrl) });
  await eventually('it consumes', ready);
  // The cancel arrives; the goodbye that follows it does not.
  proxy.swallow('up');
  await bed.vhost.api('DELETE', `queues/${bed.vhost.name}/jobs`);
  await eventually('it heard of it', async () => !(await ready()));
  expect(proxy.reset()).toBeGreaterThan(0);
  proxy.pass();
  const topology = workQueue({ queue: 'jobs', retrySeconds: 0.02, vhost: bed.vhost.name, passwordFiles: {} });
  expect(await bed.topology(topology)).toBe(0);
  await eventually('it consumes again', ready, 30);
  await publishJobs(bed, 'late', 3);
  await bed.untilSaid('job processed', 3);
}, 120_000);

it('a consumer whose broker is frozen behind a link that is up finds out by itself, and comes back', async () => {
  bed.startConsumer({ AMQP_URL: proxy.through(bed.vhost.amqpUrl), AMQP_HEARTBEAT_SECONDS: '15' });
  await eventually('it consumes', ready);
  proxy.stall();
  await eventually('it noticed', async () => !(await ready()), 75);
  proxy.pass();
  await eventually('it consumes again', ready, 60);
}, 180_000);
