import { Redis, type RedisOptions } from 'ioredis';
import { writer } from '../../../packages/contracts/metrics/catalogue.ts';
import { AuthoritiesError } from '../authorities.ts';
import type { Logger } from '../log.ts';
import { counter, counterByValue, gauge, histogram, type Registry } from '../metrics.ts';
import { SecretError } from '../secrets.ts';
import { addressText, type RedisConfig, redisOptions, rotatingOptions } from './options.ts';
import type { WorkerMetrics } from './queue-worker.ts';

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
