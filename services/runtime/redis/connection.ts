import { Redis } from 'ioredis';
import type { Logger } from '../log.ts';
import { type RedisConfig, redisOptions } from './options.ts';

/** Connects, and connects again after each loss; says both. */
export function connectRedis(config: RedisConfig, log: Pick<Logger, 'info' | 'warn'>): Redis {
  const redis = new Redis(redisOptions(config));
  const server = `${redis.options.host}:${redis.options.port}`;
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
