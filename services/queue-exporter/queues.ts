import { instantOf } from '@sluice/runtime';
import type { Redis } from 'ioredis';

/** A queue of BullMQ, by what its keys begin with: `{transactions}:process`. */
export interface FoundQueue {
  readonly base: string;
  /** The label `queue`: the base without braces. */
  readonly name: string;
}

/** What one queue holds at one moment. */
export interface QueueCounts {
  readonly waiting: number;
  readonly prioritized: number;
  readonly paused: number;
  readonly active: number;
  readonly delayed: number;
  /** Those of `delayed` whose time has come. */
  readonly due: number;
  readonly failed: number;
  readonly completed: number;
  /** How long the job that is taken next has waited, seconds; 0 where none waits, undefined where its instant cannot be. */
  readonly oldestWaitSeconds: number | undefined;
  /** Jobs that ended since the queue exists, where its workers count them; undefined where they do not. */
  readonly ended: { readonly completed: number | undefined; readonly failed: number | undefined };
}

const META = ':meta';
const KEYS_PER_STEP = 1000;
/** BullMQ keeps delayed jobs by their instant, shifted by 12 bits. */
const DELAYED_SHIFT = 0x1000;

/** Looks through all keys in steps, so that Redis goes on with its work in between. */
export async function findQueues(redis: Redis): Promise<readonly FoundQueue[]> {
  const bases = new Set<string>();
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(
      cursor,
      ...(['MATCH', `*${META}`, 'COUNT', KEYS_PER_STEP, 'TYPE', 'hash'] as [
        'MATCH',
        string,
        'COUNT',
        number,
        'TYPE',
        string,
      ]),
    );
    for (const key of keys) if (await isQueue(redis, key)) bases.add(key.slice(0, -META.length));
    cursor = next;
  } while (cursor !== '0');
  return [...bases].sort().map((base) => ({ base, name: base.replaceAll(/[{}]/g, '') }));
}

/** Another program may have a hash of such a name. */
const isQueue = async (redis: Redis, meta: string): Promise<boolean> =>
  (await redis.hget(meta, 'version'))?.startsWith('bullmq') === true;

/** Counts one queue in one transaction. @param now Epoch milliseconds */
export async function countQueue(redis: Redis, { base }: FoundQueue, now: number): Promise<QueueCounts> {
  const key = (name: string): string => `${base}:${name}`;
  const answers = await redis
    .multi()
    .llen(key('wait'))
    .zcard(key('prioritized'))
    .llen(key('paused'))
    .llen(key('active'))
    .zcard(key('delayed'))
    .zcount(key('delayed'), 0, (now + 1) * DELAYED_SHIFT - 1)
    .zcard(key('failed'))
    .zcard(key('completed'))
    .lindex(key('wait'), -1)
    .hget(key('metrics:completed'), 'count')
    .hget(key('metrics:failed'), 'count')
    .exec();
  const values = (answers ?? []).map(([error, value]) => {
    if (error !== null) throw error;
    return value;
  });
  const count = (index: number): number => Number(values[index]);
  const total = (index: number): number | undefined =>
    typeof values[index] === 'string' ? Number(values[index]) : undefined;
  const next = values[8];
  return {
    ...{ waiting: count(0), prioritized: count(1), paused: count(2), active: count(3) },
    ...{ delayed: count(4), due: count(5), failed: count(6), completed: count(7) },
    oldestWaitSeconds: typeof next === 'string' ? await waited(redis, key(next), now) : 0,
    ended: { completed: total(9), failed: total(10) },
  };
}

/** Whoever adds a job may write any instant into it. */
async function waited(redis: Redis, job: string, now: number): Promise<number | undefined> {
  const added = instantOf(await redis.hget(job, 'timestamp'), now);
  return added === undefined ? undefined : (now - added) / 1000;
}
