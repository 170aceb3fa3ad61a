import { type Job, UnrecoverableError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { ItemResult } from './batches.ts';

/** A fault of the job itself: another attempt cannot succeed. */
export class JobFault extends Error {
  override readonly name = 'JobFault';
}

/** What a worker reports. */
export interface WorkerMetrics {
  ended(outcome: 'written' | 'duplicate' | 'retried' | 'failed'): void;
  inFlight(change: 1 | -1): void;
  /** From the acceptance to the write, seconds. */
  lag(seconds: number): void;
  stalled(): void;
}

/** The queue in Redis whose jobs are taken, and who does them. */
export interface QueueWorkerOptions<T> {
  readonly connection: Redis;
  readonly prefix: string;
  readonly queue: string;
  /** Jobs in hand at once. */
  readonly concurrency: number;
  /** Attempts after which a job is in the failed set. */
  readonly maxAttempts: number;
  /** A lock that is not renewed for so long frees its job for another worker, milliseconds. */
  readonly lockMs: number;
  /** @throws {JobFault} for data that is not what the queue holds */
  readonly read: (data: unknown) => T;
  readonly submit: (item: T, attempt: number) => Promise<ItemResult>;
  /** When the item was accepted, epoch milliseconds; undefined where what it says is no instant. */
  readonly acceptedAt: (item: T) => number | undefined;
  readonly metrics: WorkerMetrics;
  readonly log: Pick<Logger, 'warn' | 'error'>;
}

/** Deaths of workers that a job survives: a job that kills its worker each time must end. */
const MAX_STALLED = 20;
const LONGEST_RETRY_MS = 60_000;

/** Delay before another attempt, milliseconds: exponential, with full jitter. @param attempt From 1 */
export const retryDelayMs = (attempt: number, random: () => number = Math.random): number =>
  Math.ceil(random() * Math.min(LONGEST_RETRY_MS, 500 * 2 ** Math.min(attempt, 20)));

/**
 * Takes jobs of a queue until it is closed. A job whose worker died or lost its lock is done again by another:
 * what is submitted must have its effect once however often it is submitted.
 */
export function startQueueWorker<T>(options: QueueWorkerOptions<T>): Worker {
  const { connection, prefix, queue, concurrency, lockMs, metrics, log } = options;
  const worker = new Worker(queue, (job) => work(job, options), {
    ...{ connection, prefix, concurrency },
    lockDuration: lockMs,
    stalledInterval: lockMs,
    maxStalledCount: MAX_STALLED,
    removeOnComplete: { count: 0 },
    // Totals that outlive the jobs; minutes of history are Prometheus' to keep.
    metrics: { maxDataPoints: 1 },
    settings: { backoffStrategy: (attempt: number) => retryDelayMs(attempt) },
  });
  worker.on('stalled', (jobId) => {
    metrics.stalled();
    log.warn({ jobId, queue }, 'job taken over');
  });
  // Another worker may have them by now; what is written twice has its effect once.
  worker.on('lockRenewalFailed', (jobIds) => {
    log.warn({ queue, jobs: jobIds.length }, 'locks lost');
  });
  worker.on('error', (error) => {
    // One of these comes for each lock that is lost.
    if (!error.message.startsWith('could not renew lock'))
      log.warn({ queue, error: messageOf(error) }, 'queue not reached');
  });
  return worker;
}

async function work<T>(job: Job, options: QueueWorkerOptions<T>): Promise<void> {
  const { metrics } = options;
  metrics.inFlight(1);
  try {
    const item = options.read(job.data);
    const result = await options.submit(item, job.attemptsMade + 1);
    if ('error' in result) throw result.error;
    metrics.ended(result.done);
    const acceptedAt = options.acceptedAt(item);
    if (acceptedAt !== undefined) metrics.lag(Math.max(0, Date.now() - acceptedAt) / 1000);
  } catch (error) {
    throw ended(job, error, options);
  } finally {
    metrics.inFlight(-1);
  }
}

/** @returns what BullMQ is to be told */
function ended<T>(
  job: Job,
  error: unknown,
  { queue, maxAttempts, metrics, log }: QueueWorkerOptions<T>,
): Error {
  const attempt = job.attemptsMade + 1;
  const reason = messageOf(error);
  const facts = { jobId: job.id, queue, attempt, reason };
  if (!(error instanceof JobFault) && attempt < maxAttempts) {
    metrics.ended('retried');
    log.warn(facts, 'job retried');
    return new Error(reason);
  }
  metrics.ended('failed');
  log.error(facts, 'job failed');
  return new UnrecoverableError(reason);
}
