import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LocalBroker, startRabbitMQ } from '../../cli/local/rabbitmq.ts';
import { eventually, JobHarness } from '../support/job-harness.ts';
import { publishJobs } from './jobs.ts';

// A broker of its own: these tests block, stop and kill it.
let broker: LocalBroker;
let harness: JobHarness;
beforeAll(async () => {
  broker = await startRabbitMQ();
});
afterAll(() => broker?.stop());
beforeEach(async () => {
  harness = await JobHarness.open(broker);
});
afterEach(() => harness.close());

async function memoryAlarm(on: boolean): Promise<void> {
  await broker.control('set_vm_memory_high_watermark', on ? '0.00001' : '0.4');
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
  await broker.control('set_disk_free_limit', '1000000000000000');
  try {
    await harness.untilAlarm(true);
    expect(await harness.publish({ JOBS: '300', DEADLINE_SECONDS: '4' })).toBe(1);
    const [blocked] = harness.of('connection blocked');
    expect(blocked?.reason).toContain('disk');
    expect(harness.of('run failed')).toMatchObject([{ jobs: 300 }]);
    expect(Number(harness.of('run failed')[0]?.confirmed)).toBeLessThan(300);
  } finally {
    await broker.control('set_disk_free_limit', '1MB');
    await harness.untilAlarm(false);
  }
});

it('nothing is lost when the broker is killed in the middle: publisher and consumers come back', async () => {
  const consumers = [1, 2].map(() => harness.startConsumer());
  const publisher = harness.startPublisher({ JOBS: '8000', WINDOW: '64', DEADLINE_SECONDS: '60' });
  await harness.untilSaid('job processed', 200);
  await broker.kill9();
  expect(harness.of('run confirmed')).toEqual([]);
  await broker.restart();
  expect(await publisher.ended).toBe(0);
  expect(harness.of('run confirmed')).toMatchObject([{ confirmed: 8000 }]);
  await harness.untilSaid('job processed', 8000, 100);
  const seen = () => new Set(harness.ended('succeeded')).size;
  while (seen() < 8000) await harness.untilSaid('job processed', harness.of('job processed').length + 1, 40);
  for (const consumer of consumers) consumer.child.kill('SIGTERM');
  for (const consumer of consumers) expect(await consumer.ended).toBe(0);
  expect(harness.ended('parked')).toEqual([]);
});
