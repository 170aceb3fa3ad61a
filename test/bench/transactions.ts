import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger, createRegistry } from '@sluice/runtime';
import {
  Batches,
  type ItemResult,
  type Posting,
  readTransaction,
  startQueueWorker,
  writerMetrics,
} from '@sluice/runtime/redis';
import { Queue, Worker } from 'bullmq';
import fastify, { type FastifyInstance } from 'fastify';
import { Redis } from 'ioredis';
import { type Collection, MongoClient } from 'mongodb';
import {
  requestDigest,
  TRANSACTION_QUEUES,
  TRANSACTION_SCHEMA,
  type Transaction,
  transactionId,
} from '../../packages/contracts/transaction.ts';
import { startMongodb } from '../../packages/testbed/servers/mongodb.ts';
import { startRedis } from '../../packages/testbed/servers/redis.ts';
import { Acceptor } from '../../services/inject/accept.ts';
import { createApp } from '../../services/inject/app.ts';
import { injectMetrics } from '../../services/inject/metrics.ts';
import { Store, type StoredTransaction } from '../../services/process/store.ts';
import { TransactionSystem, transfer } from '../transactions/harness.ts';
import { type Figure, interleaved, median, round } from './figures.ts';

const PAIRS = 10;
const JOBS = 1000;
const BATCH = 100;
const REQUESTS = 600;
const CLIENTS = 16;
const SEARCHED = 60;
const { prefix } = TRANSACTION_QUEUES;

/** process beside raw BullMQ, inject beside a bare server, and the way from the answer to the search. */
export async function transactions(): Promise<Figure[]> {
  return [await processThroughput(), await injectLatency(), ...(await acceptToSearchable())];
}

let made = 0;

function transaction(): Transaction {
  made += 1;
  const request = transfer((made % 997) + 1);
  const audit = { acceptedAt: new Date().toISOString(), acceptedBy: 'bench', requestId: String(made) };
  const id = transactionId(`bench-${made}`, 0);
  return { schema: TRANSACTION_SCHEMA, id, digest: requestDigest(request), ...request, audit };
}

const perSecond = (count: number, startedAt: number): number =>
  count / ((performance.now() - startedAt) / 1000);

/** The work of process with everything that it does, and a worker of BullMQ that inserts batches of the same size. */
async function processThroughput(): Promise<Figure> {
  const [server, database] = await Promise.all([startRedis(), startMongodb()]);
  const redis = new Redis(server.url, { maxRetriesPerRequest: null });
  const client = new MongoClient(database.url, { useBigInt64: true });
  const collection = client.db('bench').collection<StoredTransaction>('transactions');
  const queue = new Queue('process', { connection: redis, prefix });
  const drained = (start: () => Worker) => async (): Promise<number> => {
    const jobs = Array.from({ length: JOBS }, transaction);
    await queue.addBulk(
      jobs.map((data) => ({ name: 't', data, opts: { jobId: data.id, removeOnComplete: true } })),
    );
    const startedAt = performance.now();
    const worker = start();
    while (Object.values(await queue.getJobCounts('wait', 'active')).some((count) => count > 0))
      await sleep(5);
    const rate = perSecond(JOBS, startedAt);
    await worker.close();
    return rate;
  };
  try {
    const ours = drained(() => fullWorker(redis, collection));
    const raw = drained(() => rawWorker(redis, collection));
    await ours();
    await raw();
    const { a, ratio, spread } = await interleaved(PAIRS, ours, raw);
    return {
      ...{
        bench: 'process-throughput',
        value: round(a),
        unit: 'transactions/s',
        ratio: round(ratio),
        spread,
      },
      ...{ target: 'at least 0.8 of raw BullMQ and insertMany of the same batch', ok: ratio >= 0.8 },
    };
  } finally {
    await queue.close();
    redis.disconnect();
    await client.close();
    await Promise.all([server.stop(), database.stop()]);
  }
}

function fullWorker(connection: Redis, collection: Collection<StoredTransaction>): Worker {
  const metrics = writerMetrics(createRegistry('bench'));
  const store = new Store(collection, 10_000);
  const batches = new Batches({
    ...{ size: BATCH, holdMs: 1000, stop: AbortSignal.timeout(600_000), sleep },
    write: (postings: readonly Posting[]) => store.write(postings),
    outage: () => {},
  });
  return startQueueWorker({
    ...{ connection, prefix, queue: 'process', concurrency: BATCH, maxAttempts: 10, lockMs: 30_000 },
    ...{ metrics, log: createLogger('bench', 'fatal') },
    read: readTransaction,
    submit: (one, attempt): Promise<ItemResult> => batches.submit({ transaction: one, attempt }),
    acceptedAt: ({ audit }) => Date.parse(audit.acceptedAt),
  });
}

/** As short as it can be written: no check, no metric, no repetition. */
function rawWorker(connection: Redis, collection: Collection<StoredTransaction>): Worker {
  let waiting: { readonly data: Transaction; readonly done: () => void }[] = [];
  let writing = false;
  const flush = async (): Promise<void> => {
    writing = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, BATCH);
      waiting = waiting.slice(BATCH);
      const documents = batch.map(({ data: { id, ...rest } }) => ({ _id: id, ...rest }));
      await collection.insertMany(documents as never, { ordered: false });
      for (const { done } of batch) done();
      await sleep(0);
    }
    writing = false;
  };
  return new Worker(
    'process',
    ({ data }) =>
      new Promise<void>((done) => {
        waiting.push({ data, done });
        if (!writing) setImmediate(() => void (writing || flush()));
      }),
    { connection, prefix, concurrency: BATCH, removeOnComplete: { count: 0 } },
  );
}

/** The 99th percentile of an answer under load, beside a bare server that makes one call to the same Redis. */
async function injectLatency(): Promise<Figure> {
  const server = await startRedis();
  const redis = new Redis(server.url, { maxRetriesPerRequest: null });
  const acceptor = new Acceptor({ redis, keySeconds: 3600 });
  const registry = createRegistry('inject');
  const ours = createApp({
    ...{ acceptor, registry, metrics: injectMetrics(registry), maxBodyBytes: 1_048_576 },
    ...{ acceptMs: 5000, requestMs: 15_000, ready: () => undefined, failed: () => {} },
  });
  const bare = fastify();
  bare.post('/transactions', async ({ headers }, reply) => {
    await redis.set(`bare:${String(headers['idempotency-key'])}`, '1', 'EX', 3600, 'NX');
    return reply.code(202).send({ replayed: false });
  });
  try {
    const [a, b] = [await p99Of(ours), await p99Of(bare)];
    await a();
    await b();
    const result = await interleaved(PAIRS, a, b);
    return {
      ...{ bench: 'inject-p99', value: round(result.a), unit: 'ms', ratio: round(result.ratio) },
      ...{ spread: result.spread, target: 'at most 5 times a bare Fastify with one call to Redis' },
      ok: result.ratio <= 5,
    };
  } finally {
    await Promise.all([ours.close(), bare.close(), acceptor.close()]);
    redis.disconnect();
    await server.stop();
  }
}

async function p99Of(app: FastifyInstance): Promise<() => Promise<number>> {
  await app.listen({ host: '127.0.0.1', port: 0 });
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/transactions`;
  return async () => {
    const times: number[] = [];
    let left = REQUESTS;
    const client = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        made += 1;
        const startedAt = performance.now();
        const response = await fetch(url, {
          ...{ method: 'POST', body: JSON.stringify(transfer((made % 997) + 1)) },
          headers: { 'content-type': 'application/json', 'idempotency-key': `bench-${made}` },
        });
        await response.arrayBuffer();
        if (response.status !== 202) throw new Error(`answered ${response.status}`);
        times.push(performance.now() - startedAt);
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
    return times.sort((x, y) => x - y)[Math.floor(times.length * 0.99)] ?? Number.NaN;
  };
}

/** From the answer of inject until a search finds it: queue, batch, and the refresh of the index once a second. */
async function acceptToSearchable(): Promise<Figure[]> {
  const system = await TransactionSystem.open();
  try {
    await system.startInject();
    const query = await system.startListening('query');
    system.start('journal');
    while (!(await fetch(`${query}/readyz`)).ok) await sleep(50);
    const seconds: number[] = [];
    for (let index = 0; index < SEARCHED; index += 1) {
      const account = `searched:${index}`;
      await system.post('/transactions', `searched-${index}`, transfer(5, account));
      const taken = await secondsUntilFound(`${query}/transactions?account=${account}`);
      // The first one makes the index.
      if (index > 0) seconds.push(taken);
    }
    const sorted = seconds.sort((x, y) => x - y);
    const p99 = sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;
    return [
      figure('accept-to-searchable-p50', median(sorted), 2),
      figure('accept-to-searchable-p99', p99, 5),
    ];
  } finally {
    await system.stop();
  }
}

async function secondsUntilFound(url: string): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const answer = (await (await fetch(url)).json()) as { readonly transactions?: readonly unknown[] };
    if ((answer.transactions?.length ?? 0) > 0) return (performance.now() - startedAt) / 1000;
    await sleep(20);
  }
}

const figure = (bench: string, value: number, atMost: number): Figure => ({
  ...{ bench, value: round(value), unit: 's', target: `at most ${atMost} s`, ok: value <= atMost },
});
