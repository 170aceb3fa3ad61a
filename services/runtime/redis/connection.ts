import { Redis, type RedisOptions } from 'ioredis';
import { writer } from '../../../packages/contracts/metrics/catalogue.ts';
import { AuthoritiesError } from '../authorities.ts';
import type { Logger } from '../log.ts';
import { counter, counterByValue, gauge, histogram, type Registry } from '../metrics.ts';
import { SecretError } from '../secrets.ts';
import { addressText, type Fsync, type RedisConfig, redisOptions, rotatingOptions } from './options.ts';
import type { WorkerMetrics } from './queue-worker.ts';

/** A Redis that may lose what it has answered. Every fault at once: the setting, its value and the constraint. */
export class DurabilityError extends Error {
  override readonly name = 'DurabilityError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`the Redis server must not lose transactions: ${faults.join('; ')}`);
    this.faults = faults;
  }
}

/** What the check asks of a client. */
export interface SettingsLike {
  /** CONFIG GET of several settings: names and values in turn. */
  config(command: 'GET', ...names: string[]): Promise<unknown>;
}

const SETTINGS = ['appendonly', 'appendfsync', 'maxmemory-policy', 'no-appendfsync-on-rewrite'] as const;

/** What the settings of a server are short of. */
export function durabilityFaults(settings: Readonly<Record<string, string>>, wanted: Fsync): string[] {
  const fault = (name: string, constraint: string) =>
    `'${name}' (${settings[name] ?? 'not told'}) must be ${constraint}`;
  const { appendonly, appendfsync } = settings;
  const enough = appendfsync === 'always' || appendfsync === wanted;
  return [
    ...(appendonly === 'yes'
      ? []
      : [fault('appendonly', 'yes: without its log, Redis forgets what it took')]),
    ...(enough ? [] : [fault('appendfsync', wanted === 'always' ? 'always' : 'everysec or always')]),
    ...(settings['no-appendfsync-on-rewrite'] === 'no'
      ? []
      : [fault('no-appendfsync-on-rewrite', 'no: else nothing reaches the disk while the log is rewritten')]),
    ...(settings['maxmemory-policy'] === 'noeviction'
      ? []
      : [fault('maxmemory-policy', 'noeviction: else Redis drops jobs when its memory is full')]),
  ];
}

/**
 * Refuses a server that may lose what it has answered.
 * @throws {DurabilityError} with every fault; the client's error where the server does not answer CONFIG GET
 * @see https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/
 */
export async function requireDurability(redis: SettingsLike, wanted: Fsync): Promise<void> {
  const faults = durabilityFaults(pairs(await redis.config('GET', ...SETTINGS)), wanted);
  if (faults.length > 0) throw new DurabilityError(faults);
}

/** RESP2 answers a list, RESP3 a map. */
function pairs(answer: unknown): Record<string, string> {
  if (!Array.isArray(answer))
    return Object.fromEntries(Object.entries(answer ?? {}).map(([k, v]) => [k, String(v)]));
  const names = answer.filter((_, index) => index % 2 === 0).map(String);
  return Object.fromEntries(names.map((name, index) => [name, String(answer[index * 2 + 1])]));
}

/** What the services report that write transactions to a store. */
export interface WriterMetrics extends WorkerMetrics {
  batch(transactions: number, durationSeconds: number): void;
  unavailable(yes: boolean): void;
}

/** Registers what they report. */
export function writerMetrics(registry: Registry): WriterMetrics {
  const transactions = counterByValue(registry, writer.transactions, 'outcome');
  const inFlight = gauge(registry, writer.inFlight);
  const lag = histogram(registry, writer.lag);
  const batch = histogram(registry, writer.batch);
  const duration = histogram(registry, writer.batchDuration);
  const stalled = counter(registry, writer.stalled);
  const unavailable = gauge(registry, writer.unavailable);
  return {
    ended: (outcome) => transactions[outcome].inc(),
    inFlight: (change) => inFlight.inc(change),
    lag: (seconds) => lag.observe(seconds),
    stalled: () => stalled.inc(),
    batch: (count, seconds) => {
      batch.observe(count);
      duration.observe(seconds);
    },
    unavailable: (yes) => unavailable.set(Number(yes)),
  };
}

/**
 * Has password and authorities read for each connection, so that neither needs a restart when it is rotated; also for
 * the connection that BullMQ makes of this one to wait on.
 */
function rotating(redis: Redis, config: RedisConfig): Redis {
  const connect = redis.connect.bind(redis);
  const duplicate = redis.duplicate.bind(redis);
  redis.connect = (callback) => {
    try {
      Object.assign(redis.options, rotatingOptions(config));
    } catch (error) {
      // A file that is gone for a moment: what was read last may still be right, and another attempt follows.
      if (!(error instanceof SecretError || error instanceof AuthoritiesError)) throw error;
      if (redis.listenerCount('error') > 0) redis.emit('error', error);
    }
    return connect(callback);
  };
  redis.duplicate = ((override?: Partial<RedisOptions>) =>
    rotating(duplicate(override), config)) as Redis['duplicate'];
  return redis;
}

/** Connects, and connects again after each loss; says both. */
export function connectRedis(config: RedisConfig, log: Pick<Logger, 'info' | 'warn'>): Redis {
  const redis = rotating(new Redis(redisOptions(config)), config);
  const server = addressText(config.REDIS_URL);
  redis.on('ready', () => {
    log.info({ server }, 'connected to redis');
  });
  let said = '';
  redis.on('error', ({ message }: Error) => {
    // One line for each new reason: a server that is away fails many times in the same way.
    if (message !== said) log.warn({ server, error: message }, 'redis not reached');
    said = message;
  });
  redis.on('close', () => {
    said = '';
  });
  return redis;
}
