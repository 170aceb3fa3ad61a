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
  await proxy.close();
  await harness.close();
});

const ready = async () => (await harness.get('consumer', '/readyz')).status === 200;

it('a consumer whose queue is deleted and whose connection then breaks consumes again when the queue is back', async () => {
  harness.startConsumer({ AMQP_URL: proxy.through(harness.vhost.amqpUrl) });
  await eventually('it consumes', ready);
  // The cancel arrives; the goodbye that follows it does not.
  proxy.swallow('up');
  await harness.vhost.api('DELETE', `queues/${harness.vhost.name}/jobs`);
  await eventually('it heard of it', async () => !(await ready()));
  expect(proxy.reset()).toBeGreaterThan(0);
  proxy.pass();
  const topology = workQueue({
    queue: 'jobs',
    retrySeconds: 0.02,
    vhost: harness.vhost.name,
    passwordFiles: {},
  });
  expect(await harness.topology(topology)).toBe(0);
  await eventually('it consumes again', ready, 30);
  await publishJobs(harness, 'late', 3);
  await harness.untilSaid('job processed', 3);
});

it('a consumer whose broker is frozen behind a link that is up finds out by itself, and comes back', async () => {
  harness.startConsumer({ AMQP_URL: proxy.through(harness.vhost.amqpUrl), AMQP_HEARTBEAT_SECONDS: '15' });
  await eventually('it consumes', ready);
  proxy.stall();
  await eventually('it noticed', async () => !(await ready()), 75);
  proxy.pass();
  await eventually('it consumes again', ready, 60);
});
