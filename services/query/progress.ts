import { setTimeout as sleep } from 'node:timers/promises';
import { instantOf, withTimeout } from '@sluice/runtime';
import type { Redis } from 'ioredis';
import { TRANSACTION_QUEUES } from '../../packages/contracts/transaction.ts';

/** How far a store has followed what was accepted. */
export interface Progress {
  /** Every transaction accepted before this instant is in the store, those of the failed set aside. ISO 8601. */
  readonly completeUpTo: string;
  /** Accepted, and not in the store yet. */
  readonly pending: number;
  /** In the failed set of its queue: they come when a person has them tried again. */
  readonly failed: number;
}

/** Where a transaction is that the store does not have. */
export type QueuedState = 'pending' | 'failed';

/** Between the instant in a transaction and the moment its jobs are in Redis lies less than this, milliseconds. */
const ACCEPTING_MS = 5000;
/** Jobs that are looked at one by one: those in work, and those that wait for their next attempt. */
const MOST_LOOKED_AT = 5000;
const LAST_LOOKED_AT = String(MOST_LOOKED_AT);

/** What the queue says at one moment. A store shows it a moment later: see Looks. */
export async function readProgress(
  redis: Redis,
  queue: 'process' | 'journal',
  now: number,
): Promise<Progress> {
  const key = (name: string): string => `${TRANSACTION_QUEUES.prefix}:${queue}:${name}`;
  const answers = await redis
    .multi()
    .llen(key('wait'))
    .zcard(key('failed'))
    .lrange(key('wait'), -1, -1)
    .lrange(key('active'), 0, MOST_LOOKED_AT)
    .zrange(key('delayed'), '0', LAST_LOOKED_AT)
    .zrange(key('prioritized'), '0', LAST_LOOKED_AT)
    .exec();
  const [wait, failed, next, ...held] = (answers ?? []).map(([error, value]) => {
    if (error !== null) throw error;
    return value;
  });
  const inWork = held.flatMap((ids) => ids as string[]);
  const oldest = await oldestOf(redis, [...(next as string[]), ...inWork].map(key), now);
  const behind = now - ACCEPTING_MS;
  return {
    completeUpTo: new Date(Math.min(oldest ?? behind, behind)).toISOString(),
    pending: Number(wait) + inWork.length,
    failed: Number(failed),
  };
}

/** Epoch milliseconds; undefined where there is none. */
async function oldestOf(redis: Redis, jobs: readonly string[], now: number): Promise<number | undefined> {
  const pipeline = redis.pipeline();
  for (const job of jobs) pipeline.hget(job, 'timestamp');
  const instants = ((await pipeline.exec()) ?? []).flatMap(([, value]) =>
    // One that is ahead hides nothing of what was accepted until now; of one that is no instant nothing is known.
    typeof value === 'string' ? [instantOf(value, now, Number.POSITIVE_INFINITY) ?? 0] : [],
  );
  return instants.length === 0 ? undefined : instants.reduce((a, b) => Math.min(a, b));
}

/**
 * The last looks at a queue. A transaction leaves the queue when its store has taken it, and is found only when the
 * index has refreshed: so an answer says what a look said that is at least that old. A look that fails changes nothing;
 * what older ones said stays true.
 */
export class Looks {
  readonly #visibleMs: number;
  #looks: { readonly at: number; readonly progress: Progress }[] = [];

  /** @param visibleMs How long after a write the index shows it. */
  constructor(visibleMs: number) {
    this.#visibleMs = visibleMs;
  }

  /** @param at When the look began, milliseconds of the clock that `newest` is asked by */
  add(at: number, progress: Progress): void {
    this.#looks.push({ at, progress });
    const aged = this.#looks.findLastIndex((look) => look.at <= at - this.#visibleMs);
    this.#looks = this.#looks.slice(Math.max(0, aged));
  }

  /** Undefined: none is old enough yet. */
  newest(now: number): Progress | undefined {
    return this.#looks.findLast(({ at }) => at <= now - this.#visibleMs)?.progress;
  }
}

/** How the progress of the index is followed. */
export interface FollowOptions {
  readonly redis: Redis;
  readonly looks: Looks;
  /** Between two looks, milliseconds. */
  readonly everyMs: number;
  /** How long one look may take, milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Looks at the queue of journal again and again, until the signal. */
export async function followQueue({
  redis,
  looks,
  everyMs,
  timeoutMs,
  signal,
}: FollowOptions): Promise<void> {
  const look = async (): Promise<void> => {
    const at = performance.now();
    looks.add(at, await readProgress(redis, 'journal', Date.now()));
  };
  while (!signal.aborted) {
    if (redis.status === 'ready')
      await withTimeout(look(), timeoutMs, 'looking at the queue').catch(() => {});
    await sleep(everyMs, undefined, { signal }).catch(() => {});
  }
}

/** Where process has a transaction that MongoDB lacks. @returns undefined: it was never accepted, or is written by now */
export async function queuedStateOf(redis: Redis, id: string): Promise<QueuedState | undefined> {
  const queue = `${TRANSACTION_QUEUES.prefix}:${TRANSACTION_QUEUES.process}`;
  const [exists, failed] = await Promise.all([
    redis.exists(`${queue}:${id}`),
    redis.zscore(`${queue}:failed`, id),
  ]);
  if (failed !== null) return 'failed';
  return exists === 1 ? 'pending' : undefined;
}
