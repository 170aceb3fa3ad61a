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

/** @param retrySeconds between two attempts of a job */
const declareAgain = async (retrySeconds: number): Promise<void> => {
  const { name: vhost } = harness.vhost;
  expect(await harness.topology(workQueue({ queue: 'jobs', retrySeconds, vhost, passwordFiles: {} }))).toBe(
    0,
  );
};

it('a consumer whose queue is deleted and whose connection then breaks consumes again when the queue is back', async () => {
  harness.startConsumer({ AMQP_URL: proxy.through(harness.vhost.amqpUrl) });
  await eventually('it consumes', ready);
  // The cancel arrives; the close that follows it does not.
  proxy.swallow('up');
  await harness.vhost.api('DELETE', `queues/${harness.vhost.name}/jobs`);
  await eventually('it heard of it', async () => !(await ready()));
  expect(proxy.reset()).toBeGreaterThan(0);
  proxy.pass();
  await declareAgain(0.02);
  await eventually('it consumes again', ready, 30);
  await publishJobs(harness, 'late', 3);
  await harness.untilSaid('job processed', 3);
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
  await declareAgain(1);
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

it('a consumer whose broker is frozen behind a link that is up finds out by itself, and comes back', async () => {
  harness.startConsumer({ AMQP_URL: proxy.through(harness.vhost.amqpUrl), AMQP_HEARTBEAT_SECONDS: '15' });
  await eventually('it consumes', ready);
  proxy.stall();
  await eventually('it noticed', async () => !(await ready()), 75);
  proxy.pass();
  await eventually('it consumes again', ready, 60);
});
