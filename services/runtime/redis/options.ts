import type { RedisOptions } from 'ioredis';
import { readAuthorities } from '../authorities.ts';
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
