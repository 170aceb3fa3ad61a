import { Queue, UnrecoverableError, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TRANSACTION_QUEUES } from '../../packages/contracts/transaction.ts';
import type { OwnServer } from '../../packages/testbed/servers/own-server.ts';
import { startRedis } from '../../packages/testbed/servers/redis.ts';
import { ServiceProcesses } from '../support/service-processes.ts';

const { prefix } = TRANSACTION_QUEUES;
let server: OwnServer;
let redis: Redis;
let queues: Queue[];

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url, { maxRetriesPerRequest: null });
  queues = [new Queue('process', { connection: redis, prefix })];
});

afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

const waiting = async () => [(await queues[0]?.getWaiting())?.map(({ id }) => id)];

describe('the failed set', () => {
  const failed = async (ids: readonly string[]) => {
    const [queue] = queues;
    for (const id of ids) await queue?.add('transaction', {}, { jobId: id });
    const worker = new Worker(
      'process',
      async () => {
        throw new UnrecoverableError('no such account');
      },
      { connection: redis, prefix },
    );
    await expect.poll(() => queue?.getFailedCount(), { timeout: 20_000 }).toBe(ids.length);
    await worker.close();
  };
  const seen: Record<string, unknown>[] = [];
  const own = new ServiceProcesses((line) => seen.push(line));

  afterEach(async () => {
    seen.length = 0;
    await redis.flushall();
  });
  afterAll(() => own.stop(5));

  it('is shown with the reason of each', async () => {
    await failed(['t1', 't2']);
    expect(await own.program('inject/failed', { REDIS_URL: server.url }, ['process'])).toBe(0);
    const shown = seen.filter(({ msg }) => msg === 'in the failed set');
    expect(shown.map(({ jobId, reason, attempts }) => [jobId, reason, attempts])).toEqual([
      ['t1', 'no such account', 1],
      ['t2', 'no such account', 1],
    ]);
    expect(await queues[0]?.getFailedCount()).toBe(2);
  });

  it('is tried again as if for the first time, all of it or those named', async () => {
    await failed(['t1', 't2', 't3']);
    expect(
      await own.program('inject/failed', { REDIS_URL: server.url }, ['process', '--retry', 't2', 'none']),
    ).toBe(1);
    expect(seen.find(({ msg }) => msg === 'not in the failed set')?.unknown).toEqual(['none']);
    expect((await waiting())[0]).toEqual(['t2']);
    expect((await queues[0]?.getJob('t2'))?.attemptsMade).toBe(0);
    expect(await own.program('inject/failed', { REDIS_URL: server.url }, ['process', '--retry'])).toBe(0);
    expect((await waiting())[0]?.toSorted()).toEqual(['t1', 't2', 't3']);
  });

  it.each([[[]], [['other']], [['process', 't1']]])(
    'asks for a queue, and for --retry where ids are named: %j',
    async (args) => {
      expect(await own.program('inject/failed', { REDIS_URL: server.url }, args)).toBe(2);
    },
  );
});
