import type { RedisOptions } from 'ioredis';
import { readAuthorities } from '../authorities.ts';
import type { RedisUrl } from '../broker-url.ts';
import { authoritiesFile, oneOf, optionalSecret, optionalText, redisUrl } from '../fields.ts';
import type { Secret } from '../secrets.ts';

/** What the server may lose with its last write. */
export const FSYNCS = ['always', 'everysec'] as const;

/** How often Redis brings its log to the disk. */
export type Fsync = (typeof FSYNCS)[number];

/** Variables of the services that keep queues in Redis or Valkey. */
export const redisFields = {
  REDIS_URL: redisUrl(
    'The server and its database, `redis://host:6379/0`, or Sentinels and the name of their master, `redis://a,b,c/0?sentinel=name`; may hold credentials.',
  ),
  REDIS_USERNAME: optionalText('User of its ACL, before the one in the URL.'),
  REDIS_PASSWORD: optionalSecret('Password, before the one in the URL; read for each connection.'),
  REDIS_CA_FILE: authoritiesFile(
    { of: 'REDIS_URL', scheme: 'rediss' },
    'File (PEM) of the authorities that may vouch for the server of a `rediss` URL, in place of the public ones; read for each connection.',
  ),
  REDIS_FSYNC: oneOf(
    FSYNCS,
    'everysec',
    'Least durability that is asked of the server: `always` loses nothing that was answered, `everysec` up to 2 s when the machine fails.',
  ),
};

/** What a connection is made of: the variables of redisFields. */
export interface RedisConfig {
  readonly REDIS_URL: RedisUrl;
  readonly REDIS_USERNAME?: string | undefined;
  readonly REDIS_PASSWORD?: Secret | undefined;
  readonly REDIS_CA_FILE?: string | undefined;
}

const CONNECT_TIMEOUT_MS = 5000;
const LONGEST_DELAY_MS = 2000;

/** A random delay before the next connection, milliseconds, longer with each failure. */
const reconnectDelay = (failures: number): number =>
  Math.ceil(Math.random() * Math.min(LONGEST_DELAY_MS, 50 * 2 ** Math.min(failures, 10)));

/** What is read from files, and may be another at the next connection. @throws {SecretError | AuthoritiesError} */
export function rotatingOptions(
  config: RedisConfig,
): Pick<RedisOptions, 'password' | 'tls' | 'sentinelTLS' | 'enableTLSForSentinelMode'> {
  const { protocol, password: inUrl, sentinels } = config.REDIS_URL;
  const password = config.REDIS_PASSWORD?.read() ?? inUrl;
  const authorities = config.REDIS_CA_FILE;
  return {
    ...(password !== undefined && { password }),
    ...(protocol === 'rediss' && tlsOptions(authorities, sentinels !== undefined)),
  };
}

/** Sentinels are asked by TLS where the master is. @throws {AuthoritiesError} */
function tlsOptions(authorities: string | undefined, sentinels: boolean) {
  const tls = authorities === undefined ? {} : { ca: readAuthorities(authorities) };
  return { tls, ...(sentinels && { sentinelTLS: tls, enableTLSForSentinelMode: true }) };
}

/** The server, or who knows which it is: after a failover a client asks the Sentinels again. */
function addressOf({ hostname, port, database, sentinels }: RedisUrl) {
  if (sentinels === undefined) return { host: hostname, port, db: database };
  return {
    ...{ db: database, name: sentinels.master, sentinels: sentinels.nodes.map((node) => ({ ...node })) },
    ...{ sentinelRetryStrategy: reconnectDelay, connectTimeout: CONNECT_TIMEOUT_MS },
    // A master that has become a replica refuses writes: the next connection is to the new one.
    reconnectOnError: ({ message }: Error): false | 2 => (message.startsWith('READONLY') ? 2 : false),
  };
}

/** What a log calls the server. */
export const addressText = ({ hostname, port, sentinels }: RedisUrl): string =>
  sentinels === undefined
    ? `${hostname}:${port}`
    : `${sentinels.master} of ${sentinels.nodes.map((node) => `${node.host}:${node.port}`).join(', ')}`;

/** Options of ioredis. Commands wait for a connection; each wait is bounded where the command is sent. */
export function redisOptions(config: RedisConfig) {
  const { username } = config.REDIS_URL;
  const user = config.REDIS_USERNAME ?? username;
  return {
    ...addressOf(config.REDIS_URL),
    ...(user !== undefined && { username: user }),
    ...rotatingOptions(config),
    connectTimeout: CONNECT_TIMEOUT_MS,
    maxRetriesPerRequest: null,
    retryStrategy: reconnectDelay,
  } satisfies RedisOptions;
}
