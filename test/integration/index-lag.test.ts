import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TRANSACTION_QUEUES } from '../../packages/contracts/transaction.ts';
import type { OwnServer } from '../../packages/testbed/servers/own-server.ts';
import { startRedis } from '../../packages/testbed/servers/redis.ts';
import { readProgress } from '../../services/query/progress.ts';
import { eventually } from '../support/job-harness.ts';
import { ServiceProcesses, until } from '../support/service-processes.ts';

const lines: Record<string, unknown>[] = [];
const fleet = new ServiceProcesses((line) => lines.push(line));
let server: OwnServer;
let redis: Redis;
let page = '';

/** Of one series without labels of its own; undefined: it is absent. */
async function value(name: string): Promise<number | undefined> {
  const text = await (await fetch(page)).text();
  const line = text.split('\n').find((one) => one.startsWith(`${name}{`) || one.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.split(' ').at(-1));
}
const lag = (): Promise<number | undefined> => value('transactions_index_lag_seconds');

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url, { maxRetriesPerRequest: null });
  redis.on('error', () => {});
  fleet.start('query', {
    ...{ REDIS_URL: server.url, PROGRESS_SECONDS: '0.1', DRAIN_DELAY_SECONDS: '0' },
    // Nothing answers there: how far the index is, journal's queue says.
    ...{ MONGODB_URL: 'mongodb://127.0.0.1:1/', ELASTICSEARCH_URL: 'http://127.0.0.1:1' },
  });
  const listening = () => lines.find(({ msg }) => msg === 'listening');
  await until('query listens', () => listening() !== undefined, 60);
  page = `http://127.0.0.1:${String(listening()?.port)}/metrics`;
});

afterAll(async () => {
  await fleet.stop(5);
  redis.disconnect();
  await server.stop();
});

it('how far a queue is follows from the instants of jobs in any unit, and nothing from one that is none', async () => {
  // The other queue: query follows that of journal.
  const queue = new Queue('process', { connection: redis, prefix: TRANSACTION_QUEUES.prefix });
  queue.on('error', () => {});
  const now = Date.now();
  const upTo = async (timestamp: number | string): Promise<string> => {
    const { id = '' } = await queue.add('transaction', {});
    await redis.hset(queue.toKey(id), 'timestamp', timestamp);
    const { completeUpTo } = await readProgress(redis, 'process', now);
    await queue.obliterate({ force: true });
    return completeUpTo;
  };
  const seconds = Math.floor(now / 1000) - 600;
  expect(await upTo(seconds)).toBe(new Date(seconds * 1000).toISOString());
  // The clock of another machine: what was accepted until a moment ago is there.
  expect(await upTo(now + 3_600_000)).toBe(new Date(now - 5000).toISOString());
  for (const odd of ['', 'soon', 7, -1, 'NaN', '1e400'])
    expect(await upTo(odd)).toBe('1970-01-01T00:00:00.000Z');
  await queue.close();
});

it('the lag of the index follows the oldest transaction of the queue, and grows while it is not known', async () => {
  await eventually('the queue is looked at', async () => (await lag()) !== undefined, 20);
  expect(await lag()).toBeLessThan(60);
  const queue = new Queue('journal', { connection: redis, prefix: TRANSACTION_QUEUES.prefix });
  queue.on('error', () => {});
  await queue.add('transaction', {}, { timestamp: Date.now() - 600_000 });
  await eventually('it is counted', async () => (await value('transactions_index_pending')) === 1, 20);
  await eventually('its wait is the lag', async () => ((await lag()) ?? 0) >= 600, 20);
  expect(await lag()).toBeLessThan(700);
  await queue.obliterate({ force: true });
  await eventually('it is up to date', async () => ((await lag()) ?? 600) < 60, 20);
  await eventually('none is counted', async () => (await value('transactions_index_pending')) === 0, 20);
  await queue.close();
  await server.kill();
  const before = (await lag()) ?? 0;
  await eventually('it grows', async () => ((await lag()) ?? 0) > before + 1, 20);
});
