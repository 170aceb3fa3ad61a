import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OwnServer } from '../../packages/testbed/servers/own-server.ts';
import { startRedis } from '../../packages/testbed/servers/redis.ts';
import { eventually } from '../support/job-harness.ts';
import { ServiceProcesses, until } from '../support/service-processes.ts';

const prefix = '{shop}';
let server: OwnServer;
let redis: Redis;
let page = '';
const lines: Record<string, unknown>[] = [];
const fleet = new ServiceProcesses((line) => lines.push(line));

const metrics = async (): Promise<string> => (await fetch(page)).text();
/** @param series A name and any of its labels, in any order: `queue_jobs{state="active"` */
const value = async (series: string): Promise<number | undefined> => {
  const [name = '', labels = ''] = series.split('{');
  const wanted = labels.split(',').filter((label) => label !== '');
  const line = (await metrics())
    .split('\n')
    .find((one) => one.split(/[{ ]/)[0] === name && wanted.every((label) => one.includes(label)));
  return line === undefined ? undefined : Number(line.split(' ').at(-1));
};

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url, { maxRetriesPerRequest: null });
  redis.on('error', () => {});
  fleet.start('queue-exporter', {
    ...{ REDIS_URL: server.url, INTERVAL_SECONDS: '0.1', DISCOVERY_SECONDS: '0.1' },
  });
  const listening = () => lines.find(({ msg }) => msg === 'listening');
  await until('the exporter listens', () => listening() !== undefined, 60);
  page = `http://127.0.0.1:${String(listening()?.port)}/metrics`;
});

afterAll(async () => {
  await fleet.stop(5);
  redis.disconnect();
  await server.stop();
});

describe('the queue exporter', () => {
  it('finds a queue that is new, counts its jobs by state and forgets it when it is gone', async () => {
    await redis.hset('another:meta', 'version', '3');
    const queue = new Queue('orders', { connection: redis, prefix });
    queue.on('error', () => {});
    await queue.addBulk([
      { name: 'a', data: {} },
      { name: 'b', data: {} },
    ]);
    await queue.add('c', {}, { priority: 2 });
    await queue.add('d', {}, { delay: 600_000 });
    // A look that began before the last job was there is no answer.
    const series = 'queue_jobs{component="queue-exporter",queue="shop:orders"';
    const wanted = { waiting: 2, prioritized: 1, delayed: 1, active: 0, failed: 0 };
    for (const [state, count] of Object.entries(wanted))
      await eventually(
        `${count} ${state}`,
        async () => (await value(`${series},state="${state}"`)) === count,
        20,
      );
    expect(await value('queue_jobs_ready{queue="shop:orders"')).toBe(3);
    expect(await metrics()).not.toContain('another');
    await eventually(
      'the oldest job gets older',
      async () => ((await value('queue_oldest_wait_seconds{queue="shop:orders"')) ?? 0) > 0.2,
      20,
    );
    await queue.obliterate({ force: true });
    await eventually('the queue is forgotten', async () => !(await metrics()).includes('shop:orders'), 20);
    await queue.close();
  });

  it('tells no wait of a job whose instant is ahead, and the right one where it is in seconds', async () => {
    const [ahead, seconds] = ['ahead', 'seconds'].map(
      (name) => new Queue(name, { connection: redis, prefix }),
    );
    for (const queue of [ahead, seconds]) queue?.on('error', () => {});
    await ahead?.add('a', {}, { timestamp: Date.now() + 600_000 });
    await seconds?.add('a', {}, { timestamp: Math.floor(Date.now() / 1000) - 40 });
    const counted = async (name: string) => (await value(`queue_jobs_ready{queue="shop:${name}"`)) === 1;
    await eventually('both are counted', async () => (await counted('ahead')) && (await counted('seconds')));
    expect(await value('queue_oldest_wait_seconds{queue="shop:ahead"')).toBeUndefined();
    expect(await value('queue_oldest_wait_seconds{queue="shop:seconds"')).toBeGreaterThan(39);
    expect(await value('queue_oldest_wait_seconds{queue="shop:seconds"')).toBeLessThan(400);
    for (const queue of [ahead, seconds]) await queue?.obliterate({ force: true });
  });

  it('says which queues it follows, also where one takes the place of another between two looks', async () => {
    const said = (name: string) => () => lines.some(({ queues }) => String(queues).includes(name));
    await redis.hset(`${prefix}:before:meta`, 'version', 'bullmq:5.0.0');
    await until('the first is named', said('shop:before'), 20);
    await redis.multi().rename(`${prefix}:before:meta`, `${prefix}:after:meta`).exec();
    await until('the second is named', said('shop:after'), 20);
    await redis.del(`${prefix}:after:meta`);
  });

  it('knows how many jobs ended and how long they were in work', async () => {
    const queue = new Queue('mails', { connection: redis, prefix });
    queue.on('error', () => {});
    await queue.add('first', {}, { delay: 600_000 });
    await until(
      'the queue is found',
      () => lines.some(({ queues }) => String(queues).includes('shop:mails')),
      20,
    );
    await eventually(
      'its events are followed',
      async () => (await value('queue_jobs{queue="shop:mails",state="delayed"')) === 1,
      20,
    );
    await queue.addBulk(Array.from({ length: 5 }, (_, index) => ({ name: 'mail', data: { index } })));
    const worker = new Worker(
      'mails',
      async ({ data }) => {
        if (data.index === 4) throw new Error('no such address');
      },
      {
        connection: redis.duplicate(),
        prefix,
        metrics: { maxDataPoints: 1 },
        removeOnComplete: { count: 0 },
      },
    );
    const ended = (outcome: string) =>
      value(`queue_jobs_ended_total{queue="shop:mails",outcome="${outcome}"`);
    await eventually(
      'all ended',
      async () => (await ended('completed')) === 4 && (await ended('failed')) === 1,
      20,
    );
    const observed = (outcome: string) =>
      value(`queue_job_duration_seconds_count{queue="shop:mails",outcome="${outcome}"`);
    await eventually(
      'all were timed',
      async () => (await observed('completed')) === 4 && (await observed('failed')) === 1,
      20,
    );
    await worker.close();
    await queue.close();
  });

  it('reports nothing while Redis is away, and goes on when it is back', async () => {
    const queue = new Queue('late', { connection: redis, prefix });
    queue.on('error', () => {});
    await queue.add('a', {});
    await eventually(
      'it is counted',
      async () => (await value('queue_jobs_ready{queue="shop:late"')) === 1,
      20,
    );
    await server.kill();
    await eventually('Redis is down', async () => (await value('queue_exporter_redis_up')) === 0, 60);
    expect(await metrics()).not.toContain('shop:late');
    await server.restart();
    await eventually(
      'it is counted again',
      async () => (await value('queue_jobs_ready{queue="shop:late"')) === 1,
      60,
    );
    await queue.close();
  });
});
