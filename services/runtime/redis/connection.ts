import { Redis, type RedisOptions } from 'ioredis';
import { readAuthorities } from '../authorities.ts';
import type { Logger } from '../log.ts';
import type { Secret } from '../secrets.ts';

/** What a connection is made of: the variables of redisFields. */
export interface RedisConfig {
  readonly REDIS_URL: string;
  readonly REDIS_USERNAME?: string | undefined;
  readonly REDIS_PASSWORD?: Secret | undefined;
  readonly REDIS_CA_FILE?: string | undefined;
}

const CONNECT_TIMEOUT_MS = 5000;
const LONGEST_DELAY_MS = 2000;

/** A random delay before the next connection, milliseconds, longer with each failure. */
const reconnectDelay = (failures: number): number =>
  Math.ceil(Math.random() * Math.min(LONGEST_DELAY_MS, 50 * 2 ** Math.min(failures, 10)));

/** Options of ioredis. Commands wait for a connection; each wait is bounded where the command is sent. */
export function redisOptions(config: RedisConfig) {
  const { protocol, hostname, port, username, password, pathname } = new URL(config.REDIS_URL);
  const user = config.REDIS_USERNAME ?? decodeURIComponent(username);
  const secret = config.REDIS_PASSWORD?.read() ?? decodeURIComponent(password);
  const authorities = config.REDIS_CA_FILE;
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || 6379),
    db: Number(pathname.replaceAll('/', '') || 0),
    ...(user !== '' && { username: user }),
    ...(secret !== '' && { password: secret }),
    ...(protocol === 'rediss:' && {
      tls: authorities === undefined ? {} : { ca: readAuthorities(authorities) },
    }),
    connectTimeout: CONNECT_TIMEOUT_MS,
    maxRetriesPerRequest: null,
    retryStrategy: reconnectDelay,
  } satisfies RedisOptions;
}

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
