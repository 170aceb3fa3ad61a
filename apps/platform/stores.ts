import type { PrometheusSource, RedisSource } from '@sluice/policy';
import type { Identity } from '../../charts/labels.ts';
import { mongoDbPods } from '../../charts/mongodb.ts';
import { type PodPeer, peers } from '../../charts/network-policy.ts';
import { AUTHORITY_KEY, type FileMount } from '../../charts/pod.ts';
import type { Environment } from '../../environments/environment.ts';
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
  /**
   * `monitor`: it counts and reads no content. `measure`: it asks for sizes by a script. `statistics`: it reads what the server reports of itself alone.
   * `backup`: it copies all of it, and no part alone.
   */
  readonly access: 'write' | 'read' | 'monitor' | 'measure' | 'statistics' | 'backup';
}

/** A store of this cluster: who it is, and where it answers. */
interface Store {
  readonly identity: Identity;
  /** Its pods. */
  readonly pods: PodPeer;
  readonly port: number;
  /** Its address in clear text. */
  readonly url: string;
  /** Its address over TLS. */
  readonly secureUrl: string;
  /** What the names of its variables begin with. */
  readonly variables: string;
}

const identityOf = (name: string): Identity => ({ name, namespace: name, component: 'store' });

const MONGODB_URL = 'mongodb://mongodb-rs0.mongodb.svc:27017/?replicaSet=rs0&authSource=admin';
const INDEX_HOST = 'transactions-es-http.transactions-index.svc';

/** Where each store answers, inside the cluster. */
export const STORES = {
  redis: {
    identity: identityOf('redis'),
    pods: peers.workload(identityOf('redis')),
    ...{ port: 6379, url: 'redis://redis.redis.svc:6379/0', variables: 'REDIS' },
    secureUrl: 'rediss://redis.redis.svc:6379/0',
  },
  mongodb: {
    identity: identityOf('mongodb'),
    pods: peers.pods('mongodb', mongoDbPods('mongodb')),
    port: 27_017,
    url: MONGODB_URL,
    secureUrl: `${MONGODB_URL}&tls=true`,
    variables: 'MONGODB',
  },
  // Another one than that of log lines.
  elasticsearch: {
    identity: identityOf('transactions-index'),
    pods: peers.workload(identityOf('transactions-index')),
    port: 9200,
    url: `http://${INDEX_HOST}:9200`,
    secureUrl: `https://${INDEX_HOST}:9200`,
    variables: 'ELASTICSEARCH',
  },
} as const satisfies Readonly<Record<StoreKind, Store>>;

/** Counts the queues; in the namespace of the server, as it is of no use without it. */
export const queueExporter = {
  name: 'queue-exporter',
  namespace: STORES.redis.identity.namespace,
  component: 'monitoring',
} as const satisfies Identity;

const secretNameOf = (store: StoreKind): string => `${store}-credentials`;

/** The property of a user's password in the document of each namespace that has it. */
export const passwordProperty = ({ store, name }: Pick<StoreAccess, 'store' | 'name'>): string =>
  `${store}-${name}`;

const directoryOf = (store: StoreKind): string => `/etc/sluice/${store}`;

/** Where a client finds its password of a store; it changes when the password is rotated. */
export const storePasswordFile = (store: StoreKind): string => `${directoryOf(store)}/password`;

/** What the names of the stores' authorities begin with. */
export const STORE_ISSUERS = 'store';

/** The ConfigMap in each namespace of a client of a store: the authorities of the stores' certificates. */
export const STORE_AUTHORITY = 'store-authority';
const STORE_AUTHORITY_PATH = '/etc/sluice/store-authority';
const STORE_AUTHORITY_FILE = `${STORE_AUTHORITY_PATH}/${AUTHORITY_KEY}`;

/** What of an environment decides how its stores are reached. */
type StorePlace = Pick<Environment, 'storeTls'>;

/** Where a store answers in an environment, without credentials. */
export const storeUrl = (store: StoreKind, { storeTls }: StorePlace): string =>
  storeTls === undefined ? STORES[store].url : STORES[store].secureUrl;

/** The file of the authorities that verify the stores. @returns undefined where they answer in clear text */
export const storeAuthorityFile = ({ storeTls }: StorePlace): string | undefined =>
  storeTls === undefined ? undefined : STORE_AUTHORITY_FILE;

/** The authorities of the stores, where they answer by TLS. */
export const storeAuthorityMounts = ({ storeTls }: StorePlace): readonly FileMount[] =>
  storeTls === undefined
    ? []
    : [{ name: STORE_AUTHORITY, path: STORE_AUTHORITY_PATH, from: { configMap: STORE_AUTHORITY } }];

/** The files of a client of these stores: its password of each, and the authorities of all. */
export const storeMounts = (stores: readonly StoreKind[], place: StorePlace): readonly FileMount[] => [
  ...stores.map((store) => ({
    ...{ name: store, path: directoryOf(store) },
    from: { secret: secretNameOf(store) },
  })),
  ...(stores.length > 0 ? storeAuthorityMounts(place) : []),
];

/** The Secret of a client: its own password. */
export const storeCredentials = (owner: Identity, store: StoreKind): ExpectedSecret => ({
  ...{ owner, secretName: secretNameOf(store) },
  keys: { password: passwordProperty({ store, name: owner.name }) },
});

/** The connection of a client to a store. */
export const storeConnection = (from: Connection['from'], store: StoreKind): Connection => ({
  ...{ from, to: serverOf(store), port: STORES[store].port },
});

/** The end of a connection to a store: MongoDB's operator labels its pods itself. */
const serverOf = (store: StoreKind): Connection['to'] =>
  store === 'mongodb' ? STORES.mongodb.pods : STORES[store].identity;

/** The variables that say how a container reaches a store, by the names that the services of this repository read. */
export function storeVariables(
  store: StoreKind,
  username: string,
  place: StorePlace,
): Readonly<Record<string, string>> {
  const { variables } = STORES[store];
  const authorities = storeAuthorityFile(place);
  return {
    [`${variables}_URL`]: storeUrl(store, place),
    [`${variables}_USERNAME`]: username,
    [`${variables}_PASSWORD_FILE`]: storePasswordFile(store),
    ...(authorities !== undefined && { [`${variables}_CA_FILE`]: authorities }),
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
export function redisSource(queue: RedisQueue, username: string, place: StorePlace): RedisSource {
  const caFile = storeAuthorityFile(place);
  return {
    ...{ kind: 'redis', url: storeUrl('redis', place), prefix: queue.prefix, queue: queue.queue, username },
    ...(caFile !== undefined && { caFile }),
  };
}

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
