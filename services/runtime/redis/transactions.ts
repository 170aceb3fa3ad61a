import { setTimeout as sleep } from 'node:timers/promises';
import { parseInstant } from '../../../packages/contracts/instant.ts';
import {
  TRANSACTION_QUEUES,
  TRANSACTION_SCHEMA,
  type Transaction,
} from '../../../packages/contracts/transaction.ts';
import { withTimeout } from '../errors.ts';
import { integer, seconds } from '../fields.ts';
import type { Logger } from '../log.ts';
import type { ServiceContext } from '../run-main.ts';
import { Batches, type ItemResult } from './batches.ts';
import { connectRedis, requireDurability, type WriterMetrics, writerMetrics } from './connection.ts';
import type { Fsync, RedisConfig } from './options.ts';
import { JobFault, startQueueWorker } from './queue-worker.ts';

/** Variables of the services that take transactions from a queue and write them to a store. */
export const writerFields = {
  BATCH: integer({
    min: 1,
    max: 1000,
    fallback: 100,
    meaning: 'Transactions in hand at once, and in one write.',
  }),
  MAX_ATTEMPTS: integer({
    min: 1,
    max: 100,
    fallback: 10,
    meaning: 'Attempts after which a transaction is in the failed set.',
  }),
  HOLD_SECONDS: seconds({
    min: 0,
    max: 3600,
    fallback: 60,
    meaning:
      'How long a write that fails as a whole (the store is away) is repeated before it counts as an attempt.',
  }),
  WRITE_SECONDS: seconds({ min: 0.1, max: 300, fallback: 10, meaning: 'How long one write may take.' }),
  LOCK_SECONDS: seconds({
    min: 1,
    max: 600,
    fallback: 30,
    meaning: 'Without a sign of its worker for so long, a transaction is taken over by another.',
  }),
  STOP_DEADLINE_SECONDS: seconds({
    min: 0,
    max: 3600,
    fallback: 30,
    meaning: 'How long the transactions in hand may take to finish after SIGTERM.',
  }),
};

/** What of the environment the loop below reads. */
export interface WriterConfig extends RedisConfig {
  readonly REDIS_FSYNC: Fsync;
  readonly BATCH: number;
  readonly MAX_ATTEMPTS: number;
  readonly HOLD_SECONDS: number;
  readonly LOCK_SECONDS: number;
}

/** A transaction to write, and the attempt at it. */
export interface Posting {
  readonly transaction: Transaction;
  /** From 1. */
  readonly attempt: number;
}

/** The queue that transactions are taken from, and what writes them. */
export interface WriterOptions {
  readonly queue: 'process' | 'journal';
  /** One result for each, in their order. It throws where nothing is known of any. */
  readonly write: (postings: readonly Posting[]) => Promise<readonly ItemResult[]>;
}

/** How long the first answer of Redis is waited for, milliseconds. */
const START_MS = 30_000;

/** Takes transactions of a queue and writes them in batches, until the process is asked to stop. @returns 0 */
export async function writeTransactions(
  { config, log, registry, stop, serve }: ServiceContext<WriterConfig>,
  { queue, write }: WriterOptions,
): Promise<number> {
  const connection = connectRedis(config, log);
  stop.onStop('redis', () => connection.disconnect());
  await withTimeout(requireDurability(connection, config.REDIS_FSYNC), START_MS, 'checking Redis');
  const metrics = writerMetrics(registry);
  const batches = new Batches({
    ...{ size: config.BATCH, holdMs: config.HOLD_SECONDS * 1000, stop: stop.signal, sleep },
    write: (postings: readonly Posting[]) => measured(postings, write, metrics, log),
    outage: (error, failures) => outage(error, failures, metrics, log),
  });
  const worker = startQueueWorker({
    ...{ connection, prefix: TRANSACTION_QUEUES.prefix, queue, concurrency: config.BATCH },
    ...{ maxAttempts: config.MAX_ATTEMPTS, lockMs: config.LOCK_SECONDS * 1000, metrics, log },
    read: readTransaction,
    submit: (transaction, attempt) => batches.submit({ transaction, attempt }),
    acceptedAt: ({ audit }) => parseInstant(audit.acceptedAt),
  });
  await serve(() => (connection.status === 'ready' ? undefined : 'redis not connected'));
  await stopped(stop.signal);
  await worker.close();
  return 0;
}

/** @throws {JobFault} for another schema: a newer inject may be at work */
export function readTransaction(data: unknown): Transaction {
  const { schema, id } = (data ?? {}) as Partial<Transaction>;
  if (schema !== TRANSACTION_SCHEMA || typeof id !== 'string')
    throw new JobFault(`'schema' (${String(schema).slice(0, 64)}) must be ${TRANSACTION_SCHEMA}`);
  return data as Transaction;
}

async function measured(
  postings: readonly Posting[],
  write: WriterOptions['write'],
  metrics: WriterMetrics,
  log: Pick<Logger, 'info'>,
): Promise<readonly ItemResult[]> {
  const startedAt = performance.now();
  const results = await write(postings);
  const durationSeconds = (performance.now() - startedAt) / 1000;
  metrics.batch(postings.length, durationSeconds);
  const written = results.filter((result) => 'done' in result && result.done === 'written').length;
  const failed = results.filter((result) => 'error' in result).length;
  const duplicates = results.length - written - failed;
  log.info({ transactions: postings.length, written, duplicates, failed, durationSeconds }, 'batch written');
  return results;
}

function outage(
  error: Error | undefined,
  failures: number,
  metrics: WriterMetrics,
  log: Pick<Logger, 'info' | 'warn'>,
): void {
  metrics.unavailable(error !== undefined);
  if (error === undefined) log.info({ failures }, 'store reached again');
  else log.warn({ failures, error: error.message }, 'store not reached');
}

const stopped = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
