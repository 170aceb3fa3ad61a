import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TRANSACTION_QUEUES } from '../../packages/contracts/transaction.ts';
import type { OwnServer } from '../../packages/testbed/servers/own-server.ts';
import { startRedis } from '../../packages/testbed/servers/redis.ts';
import { ServiceProcesses, until } from '../support/service-processes.ts';

type Line = Record<string, unknown> & { msg: string };

const lines: Line[] = [];
const fleet = new ServiceProcesses((line) => lines.push(line as Line));
const said = (msg: string): Line[] => lines.filter((line) => line.msg === msg);
let server: OwnServer;
let redis: Redis;
let queues: Queue[];
let url = '';

/** Sends 250 transactions in three requests. @returns the exit code */
const load = (more: Readonly<Record<string, string>> = {}): Promise<number> =>
  fleet.run('inject', {
    ...{ MODE: 'load', INJECT_URL: url, RUN_ID: 'run-1', TRANSACTIONS: '250', ...more },
  });
const queued = () =>
  Promise.all(queues.map(async (queue) => (await queue.getWaiting()).map(({ id = '' }) => id)));

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url, { maxRetriesPerRequest: null });
  redis.on('error', () => {});
  queues = ['process', 'journal'].map(
    (name) => new Queue(name, { connection: redis, prefix: TRANSACTION_QUEUES.prefix }),
  );
  for (const queue of queues) queue.on('error', () => {});
  fleet.start('inject', { REDIS_URL: server.url, REDIS_FSYNC: 'always', DRAIN_DELAY_SECONDS: '0' });
  await until('inject listens', () => said('listening').length > 0, 60);
  url = `http://127.0.0.1:${String(said('listening')[0]?.port)}`;
});

afterEach(async () => {
  lines.length = 0;
  await redis.flushall();
});

afterAll(async () => {
  await fleet.stop(5);
  redis.disconnect();
  await server.stop();
});

describe('a run that sends transactions', () => {
  it('ends when inject has taken all of them, each into both queues', async () => {
    expect(await load()).toBe(0);
    const [process = [], journal] = await queued();
    expect(new Set(process).size).toBe(250);
    expect(journal?.toSorted()).toEqual(process.toSorted());
    expect(said('load accepted')[0]).toMatchObject({ transactions: 250, accepted: 250, replayed: 0 });
  });

  it('changes nothing when it is repeated, as a Job that is tried again repeats it', async () => {
    await load();
    expect(await load()).toBe(0);
    expect(said('load accepted')[1]).toMatchObject({ accepted: 250, replayed: 250 });
    expect((await queued()).map((ids) => ids.length)).toEqual([250, 250]);
    expect(await load({ RUN_ID: 'run-2' })).toBe(0);
    expect((await queued()).map((ids) => ids.length)).toEqual([500, 500]);
  });

  it('sends again with the same key what a Redis that is away may have taken', async () => {
    await server.kill();
    const ended = load();
    await until('a batch is sent again', () => said('batch sent again').length > 2, 60);
    await server.restart();
    expect(await ended).toBe(0);
    expect((await queued()).map((ids) => new Set(ids).size)).toEqual([250, 250]);
  });

  it('ends with its deadline where nothing answers', async () => {
    expect(await load({ INJECT_URL: 'http://127.0.0.1:1', DEADLINE_SECONDS: '1' })).toBe(1);
    expect(said('load not accepted')[0]).toMatchObject({ accepted: 0 });
    expect(Number(said('load not accepted')[0]?.seconds)).toBeLessThan(20);
  });

  it('ends at once where inject refuses: the keys of another run with the same name', async () => {
    await load();
    expect(await load({ BATCH: '10', CONCURRENCY: '1' })).toBe(1);
    expect(said('load not accepted')[0]).toMatchObject({ refused: expect.stringMatching(/^409: /) });
    expect((await queued()).map((ids) => ids.length)).toEqual([250, 250]);
  });

  it('says every fault of its configuration', async () => {
    expect(await load({ INJECT_URL: 'inject', TRANSACTIONS: '0', RUN_ID: '' })).toBe(2);
    expect(said('invalid configuration')[0]?.faults).toHaveLength(3);
  });
});
