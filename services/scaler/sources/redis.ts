import type { Backlog, RedisSource } from '@sluice/policy';
import {
  instantOf,
  messageOf,
  parseRedisUrl,
  readSecretFile,
  Secret,
  SecretError,
  unlessAborted,
} from '@sluice/runtime';
import { type RedisConfig, redisOptions, rotatingOptions } from '@sluice/runtime/redis/options';
import type { Cluster, Redis } from 'ioredis';
import { type BacklogSource, type FailureCause, ReadingError } from './source.ts';

/** The sources of one server and user share a connection. */
const groupOf = ({ url, username, passwordFile, caFile }: RedisSource): string =>
  JSON.stringify([url, username, passwordFile, caFile]);

interface Connection {
  readonly redis: Promise<Redis | Cluster>;
  /** Why it ended: a command that waits for it is told only that it did. */
  error?: Error;
}

/** One connection for each server and user; after a failure, the next reading makes another, with the password of then. */
export class Connections {
  readonly #open = new Map<string, Connection>();

  of(source: RedisSource): Connection {
    const group = groupOf(source);
    const found = this.#open.get(group);
    if (found !== undefined) return found;
    const made: Connection = {
      redis: connect(source, (error) => {
        made.error = error;
      }),
    };
    this.#open.set(group, made);
    return made;
  }

  close(source: RedisSource): void {
    const group = groupOf(source);
    void this.#open.get(group)?.redis.then(
      (redis) => redis.disconnect(),
      () => {},
    );
    this.#open.delete(group);
  }
}

/** How long a node may take to say which slots are where, milliseconds. */
const CLUSTER_TIMEOUT_MS = 5000;

/** The client is loaded when the first source needs it. @throws {ReadingError} unauthorized where its password cannot be read */
async function connect(
  { url, username, passwordFile, caFile }: RedisSource,
  failed: (error: Error) => void,
): Promise<Redis | Cluster> {
  try {
    const password = passwordFile === undefined ? undefined : Secret.fromText(readSecretFile(passwordFile));
    // Bundled, a package of CommonJS has its default export alone.
    const {
      default: { Cluster, Redis },
    } = await import('ioredis');
    const config: RedisConfig = {
      ...{ REDIS_URL: parseRedisUrl(url), REDIS_USERNAME: username },
      ...{ REDIS_PASSWORD: password, REDIS_CA_FILE: caFile },
    };
    const { cluster } = config.REDIS_URL;
    if (cluster !== undefined) return clusterOf(new Cluster([...cluster], inCluster(config)), failed);
    const redis = new Redis({
      ...redisOptions(config),
      ...{ retryStrategy: () => null, sentinelRetryStrategy: () => null, maxRetriesPerRequest: 0 },
    });
    redis.on('error', failed);
    return redis;
  } catch (error) {
    throw error instanceof SecretError ? new ReadingError('unauthorized', error.message) : error;
  }
}

/** Each node by the same user and authorities; where none answers, the reading fails and the next one asks anew. */
const inCluster = (config: RedisConfig) => ({
  redisOptions: {
    ...(config.REDIS_USERNAME !== undefined && { username: config.REDIS_USERNAME }),
    ...{ ...rotatingOptions(config), connectTimeout: CLUSTER_TIMEOUT_MS, maxRetriesPerRequest: 0 },
  },
  clusterRetryStrategy: () => null,
  // A node that was moved or is down is asked for once more, and not for as long as the reading lasts.
  ...{ maxRedirections: 3, slotsRefreshTimeout: CLUSTER_TIMEOUT_MS },
});

/** Why a Cluster failed is what its nodes say, one by one. */
function clusterOf(cluster: Cluster, failed: (error: Error) => void): Cluster {
  cluster.on('node error', failed);
  // What the Cluster itself says is less than what a node said before.
  cluster.on('error', () => {});
  return cluster;
}

/** BullMQ keeps delayed jobs by their instant, shifted by 12 bits. */
const DELAYED_SHIFT = 0x1000;

/**
 * A queue of BullMQ, read in one MULTI, on a Redis Cluster by the node that has its slot: waiting, prioritized and due
 * delayed jobs are ready, active ones unacked.
 *
 * `at` is the request's start. The oldest wait is that of the job that is taken next from the waiting ones, since it
 * was added. A queue that nothing was ever added to is missing.
 */
export function redisSource(source: RedisSource, connections: Connections, now: () => number): BacklogSource {
  const base = `${source.prefix}:${source.queue}`;
  const look = async (at: number): Promise<Backlog> => {
    const redis = await connections.of(source).redis;
    const { meta, wait, active, prioritized, due, next } = await countsOf(redis, base, at);
    if (meta === 0) throw new ReadingError('queue-missing', `queue '${base}' does not exist`);
    // Whoever adds a job may write any instant into it: one that cannot be leaves the age to the first sight.
    const added = instantOf(next && (await redis.hget(`${base}:${next}`, 'timestamp')), at);
    const oldest = added !== undefined && { oldestWaitSeconds: (at - added) / 1000 };
    return { ready: wait + prioritized + due, unacked: active, at, ...oldest };
  };
  const read = (signal: AbortSignal): Promise<Backlog> =>
    unlessAborted(
      look(now()),
      signal,
      () => new ReadingError('timeout', `${source.url} did not answer in time`),
    );
  return {
    group: groupOf(source),
    read: async (signal) => {
      try {
        return await read(signal);
      } catch (error) {
        throw failure(source, connections, error);
      }
    },
    close: () => connections.close(source),
  };
}

async function countsOf(redis: Redis | Cluster, base: string, at: number) {
  const answers = await redis
    .multi()
    .exists(`${base}:meta`)
    .llen(`${base}:wait`)
    .llen(`${base}:active`)
    .zcard(`${base}:prioritized`)
    .zcount(`${base}:delayed`, 0, (at + 1) * DELAYED_SHIFT - 1)
    .lindex(`${base}:wait`, -1)
    .exec();
  const [meta, wait, active, prioritized, due, next] = (answers ?? []).map(([error, value]) => {
    if (error !== null) throw error;
    return value;
  });
  const count = (value: unknown): number => {
    if (typeof value === 'number') return value;
    throw new ReadingError('invalid', `Redis counts with '${String(value)}'`);
  };
  return {
    ...{ meta: count(meta), wait: count(wait), active: count(active) },
    ...{ prioritized: count(prioritized), due: count(due) },
    next: typeof next === 'string' ? next : undefined,
  };
}

const CAUSES: readonly (readonly [RegExp, FailureCause])[] = [
  [/^(?:WRONGPASS|NOAUTH|NOPERM|ERR invalid password)/, 'unauthorized'],
  [/certificate|self-signed|altnames|issuer/i, 'untrusted'],
  [/ETIMEDOUT|timed out/i, 'timeout'],
  [/^WRONGTYPE/, 'invalid'],
];

/** A connection that failed is let go: the next reading makes another. */
function failure(source: RedisSource, connections: Connections, thrown: unknown): ReadingError {
  if (thrown instanceof ReadingError && thrown.cause === 'queue-missing') return thrown;
  const { error } = connections.of(source);
  connections.close(source);
  if (thrown instanceof ReadingError) return thrown;
  // A command that the user may not use ends its MULTI; why is told beside. Where the connection ended, each command
  // says that alone, and the connection why.
  const [refused] = (thrown as { previousErrors?: readonly Error[] }).previousErrors ?? [];
  const message = messageOf(error ?? refused ?? thrown);
  const cause = CAUSES.find(([pattern]) => pattern.test(message))?.[1] ?? 'unreachable';
  return new ReadingError(cause, `${source.url}: ${message}`);
}
