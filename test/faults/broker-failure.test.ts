import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { brokerProbes } from '../../charts/broker.ts';
import { flavorOf } from '../../charts/broker-flavors.ts';
import { workQueue } from '../../charts/queue-topology.ts';
import { accepting } from '../../cli/local/listening.ts';
import type { LocalBroker } from '../../cli/local/rabbitmq.ts';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { publishJobs } from '../integration/jobs.ts';
import { eventually, JobHarness } from '../support/job-harness.ts';
import { keepDeclared, startBroker } from '../support/shared-broker.ts';

// A broker of their own: these tests block, freeze, stop and kill it.
let broker: LocalBroker;
let harness: JobHarness;
beforeAll(async () => {
  broker = await startBroker();
});
afterAll(() => broker?.stop());
beforeEach(async () => {
  harness = await JobHarness.open(broker);
});
afterEach(() => harness.close());

async function memoryAlarm(on: boolean): Promise<void> {
  await broker.evaluate(`vm_memory_monitor:set_vm_memory_high_watermark(${on ? 0.00001 : 0.4})`);
  await harness.untilAlarm(on);
}

it('a blocked publisher waits and goes on when the alarm is over', async () => {
  await memoryAlarm(true);
  const publisher = harness.startPublisher({ JOBS: '300', DEADLINE_SECONDS: '60' });
  try {
    const [blocked] = await harness.untilSaid('connection blocked');
    expect(blocked?.reason).toContain('memory');
    const metrics = await (await harness.get('publisher', '/metrics')).text();
    expect(metrics).toContain('amqp_blocked{component="publisher"} 1\n');
  } finally {
    await memoryAlarm(false);
  }
  expect(await publisher.ended).toBe(0);
  expect(harness.of('run confirmed')).toMatchObject([{ confirmed: 300 }]);
  expect(await harness.count()).toBe(300);
});

describe('while a memory alarm lasts', () => {
  /** One message that must be parked before the good ones, and a consumer that takes one at a time. */
  async function started() {
    await harness.send('not json', { messageId: 'bad' });
    const good = await publishJobs(harness, 'good', 20);
    await memoryAlarm(true);
    return { good, consumer: harness.startConsumer() };
  }

  it('the good jobs are done, and the bad one is parked when it is over', async () => {
    const { good, consumer } = await started();
    try {
      await harness.untilSaid('job processed', 20);
      expect(harness.ended('succeeded')).toEqual(good);
      expect(harness.ended('parked')).toEqual([]);
      const metrics = await (await harness.get('consumer', '/metrics')).text();
      for (const series of ['jobs_held', 'amqp_blocked', 'consumer_consuming', 'jobs_in_flight'])
        expect(metrics).toContain(`${series}{component="consumer"} 1\n`);
    } finally {
      await memoryAlarm(false);
    }
    await harness.untilSaid('job processed', 21);
    expect(harness.ended('parked')).toEqual(['bad']);
    consumer.child.kill('SIGTERM');
    expect(await consumer.ended).toBe(0);
    expect([await harness.count(), await harness.count('jobs.parked')]).toEqual([0, 1]);
  });

  it('SIGTERM ends the consumer with 0, and the bad one returns to the queue', async () => {
    const { consumer } = await started();
    try {
      await harness.untilSaid('job processed', 20);
      const before = Date.now();
      consumer.child.kill('SIGTERM');
      expect(await consumer.ended).toBe(0);
      expect(Date.now() - before).toBeLessThan(10_000);
      await eventually('the bad one is back', async () => (await harness.count()) === 1);
    } finally {
      await memoryAlarm(false);
    }
  });
});

it('a full disk blocks a publisher, which fails by its deadline', async () => {
  await broker.evaluate('rabbit_disk_monitor:set_disk_free_limit(1000000000000000)');
  try {
    await harness.untilAlarm(true);
    expect(await harness.publish({ JOBS: '300', DEADLINE_SECONDS: '4' })).toBe(1);
    const [blocked] = harness.of('connection blocked');
    expect(blocked?.reason).toContain('disk');
    expect(harness.of('run failed')).toMatchObject([{ jobs: 300 }]);
    expect(Number(harness.of('run failed')[0]?.confirmed)).toBeLessThan(300);
  } finally {
    await broker.evaluate('rabbit_disk_monitor:set_disk_free_limit("1MB")');
    await harness.untilAlarm(false);
  }
});

/** To the whole group: the broker's process is a child of the script that starts it. */
const signalBroker = (name: NodeJS.Signals) => process.kill(-broker.pid, name);

const { readinessProbe, livenessProbe } = brokerProbes(flavorOf('rabbitmq', false));
type Probe = typeof readinessProbe;

/** As the kubelet: no credentials, an answer in time, 2xx or 3xx. */
async function succeeds({ httpGet, timeoutSeconds }: Probe): Promise<boolean> {
  const base = { management: broker.managementUrl, metrics: broker.metricsUrl }[String(httpGet.port.value)];
  const signal = AbortSignal.timeout(timeoutSeconds * 1000);
  try {
    const { status } = await fetch(`${base}${httpGet.path}`, { redirect: 'manual', signal });
    return status >= 200 && status < 400;
  } catch {
    return false;
  }
}

it('a frozen broker takes connections still, and its probes fail until it goes on', async () => {
  for (const probe of [readinessProbe, livenessProbe]) expect(await succeeds(probe)).toBe(true);
  signalBroker('SIGSTOP');
  try {
    expect(await accepting(Number(new URL(broker.amqpUrl).port))).toBe(true);
    // A thread that runs on another core answers once more before it stops.
    await vi.waitFor(
      async () =>
        expect(await Promise.all([readinessProbe, livenessProbe].map(succeeds))).toEqual([false, false]),
      { timeout: 30_000 },
    );
  } finally {
    signalBroker('SIGCONT');
  }
  await vi.waitFor(async () => expect(await succeeds(readinessProbe)).toBe(true), { timeout: 30_000 });
});

it('nothing is lost when the broker is killed in the middle: publisher and consumers come back', async () => {
  const consumers = [1, 2].map(() => harness.startConsumer());
  const publisher = harness.startPublisher({
    JOBS: '3000',
    WINDOW: '4',
    DEADLINE_SECONDS: String(patient(60)),
  });
  await harness.untilSaid('job processed', 200);
  await keepDeclared(broker);
  await broker.kill9();
  expect(harness.of('run confirmed')).toEqual([]);
  await broker.restart();
  expect(await publisher.ended).toBe(0);
  expect(harness.of('run confirmed')).toMatchObject([{ confirmed: 3000 }]);
  await harness.untilSaid('job processed', 3000, 100);
  const seen = () => new Set(harness.ended('succeeded')).size;
  while (seen() < 3000) await harness.untilSaid('job processed', harness.of('job processed').length + 1, 40);
  for (const consumer of consumers) consumer.child.kill('SIGTERM');
  for (const consumer of consumers) expect(await consumer.ended).toBe(0);
  expect(harness.ended('parked')).toEqual([]);
});

it('services that start before their broker wait for it, and the queue is declared and worked on', async () => {
  await harness.vhost.api('DELETE', `vhosts/${harness.vhost.name}`);
  await harness.vhost.api('PUT', `vhosts/${harness.vhost.name}`);
  await keepDeclared(broker);
  await broker.kill9();
  const run = { JOBS: '50', RUN_ID: 'run', DEADLINE_SECONDS: String(patient(90)) };
  const publisher = harness.startPublisher(run);
  const consumer = harness.startConsumer();
  const topology = harness.topology(
    workQueue({ queue: 'jobs', retrySeconds: 1, vhost: harness.vhost.name, passwordFiles: {} }),
  );
  await harness.untilSaid('waiting for the broker');
  await harness.untilSaid('connection lost', 2);
  await broker.restart();
  expect([await topology, harness.of('topology not declared')]).toEqual([0, []]);
  expect(harness.of('topology declared').at(-1)).toMatchObject({ changed: [], unchanged: 1 });
  if ((await publisher.ended) !== 0) {
    // It came between the exchange and its binding, and its Job would run it again.
    expect(harness.of('run failed')).toMatchObject([{ error: "no queue takes 'jobs' of exchange 'jobs'" }]);
    expect(await harness.publish(run)).toBe(0);
  }
  await harness.untilSaid('job processed', 50, 60);
  consumer.child.kill('SIGTERM');
  expect(await consumer.ended).toBe(0);
});
