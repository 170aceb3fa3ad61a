import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { TRANSACTION_QUEUES, transactionId } from '../../packages/contracts/transaction.ts';
import type { OwnServer } from '../../packages/testbed/servers/own-server.ts';
import { startRedis } from '../../packages/testbed/servers/redis.ts';
import { ServiceProcesses, until } from '../support/service-processes.ts';

type Line = Record<string, unknown> & { msg: string };

const { prefix } = TRANSACTION_QUEUES;
const transfer = (amount: number) => ({
  currency: 'EUR',
  exponent: 2,
  description: 'a transfer',
  entries: [
    { account: 'a', amount: -amount },
    { account: 'b', amount },
  ],
});

const lines: Line[] = [];
const fleet = new ServiceProcesses((line) => lines.push(line as Line));
let server: OwnServer;
let redis: Redis;
let queues: Queue[];
let url: string;

/** Starts inject. @returns its URL when it listens */
async function startInject(env: Readonly<Record<string, string>> = {}): Promise<string> {
  lines.length = 0;
  fleet.start('inject', { REDIS_URL: server.url, REDIS_FSYNC: 'always', DRAIN_DELAY_SECONDS: '0', ...env });
  const listening = () => lines.find(({ msg }) => msg === 'listening');
  await until('inject listens', () => listening() !== undefined, 60);
  return `http://127.0.0.1:${listening()?.port}`;
}

async function post(path: string, key: string | undefined, body: unknown) {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }) },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const waiting = async () =>
  Promise.all(queues.map(async (queue) => (await queue.getWaiting()).map(({ id }) => id)));

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url, { maxRetriesPerRequest: null });
  redis.on('error', () => {});
  queues = ['process', 'journal'].map((name) => new Queue(name, { connection: redis, prefix }));
  for (const queue of queues) queue.on('error', () => {});
  url = await startInject();
});

afterEach(async () => {
  await redis.flushall();
});

afterAll(async () => {
  await fleet.stop(5);
  redis.disconnect();
  await server.stop();
});

describe('inject', () => {
  it('puts a transaction into both queues, under an id that follows from its key', async () => {
    const id = transactionId('k1', 0);
    expect(await post('/transactions', 'k1', transfer(5))).toEqual({
      status: 202,
      body: { id, replayed: false },
    });
    expect(await waiting()).toEqual([[id], [id]]);
    const job = await queues[0]?.getJob(id);
    expect(job?.data).toMatchObject({ id, ...transfer(5), schema: 'sluice.transaction/v1' });
  });

  it('answers a repeated request without doing it again', async () => {
    await post('/transactions', 'k1', transfer(5));
    expect((await post('/transactions', 'k1', transfer(5))).body).toMatchObject({ replayed: true });
    expect((await waiting()).map((ids) => ids.length)).toEqual([1, 1]);
  });

  it('refuses a key that comes with another body, also when its job is long gone', async () => {
    await post('/transactions', 'k1', transfer(5));
    for (const queue of queues) await queue.obliterate({ force: true });
    expect(await post('/transactions', 'k1', transfer(6))).toMatchObject({ status: 409 });
    expect((await post('/transactions', 'k1', transfer(5))).body).toMatchObject({ replayed: true });
    expect(await waiting()).toEqual([[], []]);
  });

  it('takes a batch whole, in its order, or not at all', async () => {
    const transactions = [1, 2, 3].map(transfer);
    const ids = transactions.map((_, index) => transactionId('b1', index));
    expect(await post('/transactions/batch', 'b1', { transactions })).toEqual({
      status: 202,
      body: { ids, replayed: false },
    });
    expect(await waiting()).toEqual([ids, ids]);
    const faulty = [...transactions, { ...transfer(4), exponent: 3 }];
    expect(await post('/transactions/batch', 'b2', { transactions: faulty })).toMatchObject({
      status: 422,
      body: { faults: [expect.stringContaining("'transactions[3].exponent' (3)")] },
    });
    expect((await waiting()).map((list) => list.length)).toEqual([3, 3]);
  });

  it('tells the faults of the header and of the body together', async () => {
    const { status, body } = await post('/transactions', undefined, { ...transfer(1), currency: 'EURO' });
    expect(status).toBe(422);
    expect(body.faults).toEqual([
      expect.stringContaining("'Idempotency-Key'"),
      expect.stringContaining("'currency' (EURO)"),
    ]);
  });

  it('adds what BullMQ itself would add', async () => {
    await post('/transactions', 'k1', transfer(5));
    const id = transactionId('k1', 0);
    const [queue] = queues;
    const ours = await redis.hgetall(`${prefix}:process:${id}`);
    const { data, opts } = (await queue?.getJob(id)) ?? {};
    await queue?.add('transaction', data, { ...opts, jobId: 'theirs' });
    const theirs = await redis.hgetall(`${prefix}:process:theirs`);
    expect(Object.keys(ours).sort()).toEqual(Object.keys(theirs).sort());
    expect({ ...ours, timestamp: 0, opts: 0 }).toEqual({ ...theirs, timestamp: 0, opts: 0 });
  });

  it('says 503 while Redis is away, and knows every key afterwards', async () => {
    await post('/transactions', 'k1', transfer(5));
    await server.kill();
    await until('unready', () => lines.some(({ msg }) => msg === 'redis not reached'), 20);
    expect(await post('/transactions', 'k2', transfer(5))).toMatchObject({ status: 503 });
    await server.restart();
    const answers = () => post('/transactions', 'k1', transfer(5));
    await expect.poll(async () => (await answers()).body.replayed, { timeout: 20_000 }).toBe(true);
    expect((await waiting()).map((ids) => ids.length)).toEqual([1, 1]);
  });
});

it('a password that is rotated while the connection breaks is read from its file again', async () => {
  const own = await startRedis({ configuration: ['requirepass old-sesame'] });
  const seen: Line[] = [];
  const rotated = new ServiceProcesses((line) => seen.push(line as Line));
  const admin = new Redis(own.url, { password: 'old-sesame' });
  try {
    const REDIS_PASSWORD_FILE = rotated.file('password', 'old-sesame\n');
    const env = { REDIS_URL: own.url, REDIS_PASSWORD_FILE, REDIS_FSYNC: 'always' };
    rotated.start('inject', { ...env, DRAIN_DELAY_SECONDS: '0' });
    rotated.start('journal', { ...env, ELASTICSEARCH_URL: 'http://127.0.0.1:1' });
    const said = (service: string, msg: string) =>
      seen.filter((line) => line.service === service && line.msg === msg).length;
    for (const service of ['inject', 'journal'])
      await until(`${service} is connected`, () => said(service, 'connected to redis') > 0, 60);
    await admin.config('SET', 'requirepass', 'new-sesame');
    // Also the connection on which a worker waits for its next job.
    await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    for (const service of ['inject', 'journal'])
      await until(`${service} is refused`, () => said(service, 'redis not reached') > 0, 20);
    rotated.file('password', 'new-sesame\n');
    for (const service of ['inject', 'journal'])
      await until(`${service} is connected again`, () => said(service, 'connected to redis') > 1, 20);
    const clients = async () => String(await admin.call('CLIENT', 'LIST')).match(/cmd=bzpopmin/g) ?? [];
    await expect.poll(clients, { timeout: 20_000 }).toHaveLength(1);
    expect(JSON.stringify(seen)).not.toContain('sesame');
  } finally {
    await rotated.stop(5);
    admin.disconnect();
    await own.stop();
  }
});

describe('a Redis that may lose transactions', () => {
  it('is refused with every fault', async () => {
    const forgetful = await startRedis({ configuration: ['appendonly no', 'maxmemory-policy allkeys-lru'] });
    const seen: Line[] = [];
    const own = new ServiceProcesses((line) => seen.push(line as Line));
    try {
      expect(await own.run('inject', { REDIS_URL: forgetful.url })).toBe(1);
      expect(seen.find(({ msg }) => msg === 'redis refused')?.faults).toEqual([
        expect.stringContaining("'appendonly' (no)"),
        expect.stringContaining("'maxmemory-policy' (allkeys-lru)"),
      ]);
    } finally {
      await own.stop(5);
      await forgetful.stop();
    }
  });
});
