import type { PrometheusSource, RedisSource } from '@sluice/policy';
import type { Identity } from '../../charts/labels.ts';
import type { FileMount } from '../../charts/pod.ts';
import { queueExporter as exported } from '../../packages/contracts/metrics/catalogue.ts';
import { series } from '../../packages/contracts/metrics/metric.ts';
import type { Connection, ExpectedSecret } from '../application.ts';
import { PROMETHEUS } from './identities.ts';

/** The stores that a workload can have an account in. */
export type StoreKind = 'redis' | 'mongodb' | 'elasticsearch';

/** What one user does in a store, and nothing else. */
export interface StoreAccess {
  readonly store: StoreKind;
  /** The user. */
  readonly name: string;
  /** The part it works in: the prefix of keys in Redis, a database of MongoDB, an index of Elasticsearch. */
  readonly scope: string;
  /** `monitor`: it counts and reads no content. */
  readonly access: 'write' | 'read' | 'monitor';
}

/** A store of this cluster: who it is, and where it answers. */
interface Store {
  readonly identity: Identity;
  readonly port: number;
  readonly url: string;
  /** What the names of its variables begin with. */
  readonly variables: string;
}

const identityOf = (name: string): Identity => ({ name, namespace: name, component: 'store' });

/** Where each store answers, inside the cluster. */
export const STORES = {
  redis: {
    identity: identityOf('redis'),
    ...{ port: 6379, url: 'redis://redis.redis.svc:6379/0', variables: 'REDIS' },
  },
  mongodb: {
    identity: identityOf('mongodb'),
    port: 27_017,
    url: 'mongodb://mongodb-rs0.mongodb.svc:27017/?replicaSet=rs0&authSource=admin',
    variables: 'MONGODB',
  },
  // Another one than that of log lines.
  elasticsearch: {
    identity: identityOf('transactions-index'),
    port: 9200,
    url: 'http://transactions-es-http.transactions-index.svc:9200',
    variables: 'ELASTICSEARCH',
  },
} as const satisfies Readonly<Record<StoreKind, Store>>;

const secretNameOf = (store: StoreKind): string => `${store}-credentials`;

/** The property of a user's password in the document of each namespace that has it. */
export const passwordProperty = ({ store, name }: Pick<StoreAccess, 'store' | 'name'>): string =>
  `${store}-${name}`;

const directoryOf = (store: StoreKind): string => `/etc/sluice/${store}`;

/** Where a client finds its password of a store; it changes when the password is rotated. */
export const storePasswordFile = (store: StoreKind): string => `${directoryOf(store)}/password`;

/** The file of a client's password. */
export const storeMount = (store: StoreKind): FileMount => ({
  ...{ name: store, path: directoryOf(store) },
  from: { secret: secretNameOf(store) },
});

/** The Secret of a client: its own password. */
export const storeCredentials = (owner: Identity, store: StoreKind): ExpectedSecret => ({
  ...{ owner, secretName: secretNameOf(store) },
  keys: { password: passwordProperty({ store, name: owner.name }) },
});

/** The connection of a client to a store. */
export const storeConnection = (from: Connection['from'], store: StoreKind): Connection => ({
  ...{ from, to: STORES[store].identity, port: STORES[store].port },
});

/** The variables that say how a container reaches a store, by the names that the services of this repository read. */
export function storeVariables(store: StoreKind, username: string): Readonly<Record<string, string>> {
  const { url, variables } = STORES[store];
  return {
    [`${variables}_URL`]: url,
    [`${variables}_USERNAME`]: username,
    [`${variables}_PASSWORD_FILE`]: storePasswordFile(store),
  };
}

/** A queue of BullMQ in the environment's Redis. */
export interface RedisQueue {
  /** What its keys begin with; in braces where a Redis Cluster may come. */
  readonly prefix: string;
  readonly queue: string;
  /** Whether its publishers add jobs for later; then a job that is delayed need not be one that failed. @default false */
  readonly schedulesJobs?: boolean;
}

/** What the queue is called in metrics and in messages: no queue of the broker is called so. */
export const redisQueueName = ({ prefix, queue }: RedisQueue): string =>
  `${prefix.replaceAll(/[{}]/g, '')}:${queue}`;

/** How the scaler, or an operator with a user of its own, reads the backlog of a queue in Redis. */
export const redisSource = (queue: RedisQueue, username: string): RedisSource => ({
  ...{ kind: 'redis', url: STORES.redis.url, prefix: queue.prefix, queue: queue.queue, username },
});

/** What Prometheus has scraped of that queue. */
export function scrapedRedisSource(queue: RedisQueue): PrometheusSource {
  const labels = { queue: redisQueueName(queue) };
  return {
    kind: 'prometheus',
    url: `${PROMETHEUS.url}:${PROMETHEUS.port}`,
    readyQuery: series(exported.ready, labels),
    unackedQuery: series(exported.active, labels),
  };
}

/** The Secret of a store with the password of each of its users, by name. */
export const usersSecretName = (store: StoreKind): string => `${store}-users`;

/** Those Secrets, of the stores that have users. */
export function usersSecretsOf(users: readonly StoreAccess[]): readonly ExpectedSecret[] {
  return (Object.keys(STORES) as StoreKind[]).flatMap((store) => {
    const names = [...new Set(users.filter((one) => one.store === store).map(({ name }) => name))];
    const keys = Object.fromEntries(names.map((name) => [name, passwordProperty({ store, name })]));
    return names.length === 0
      ? []
      : [{ owner: STORES[store].identity, secretName: usersSecretName(store), keys }];
  });
}
