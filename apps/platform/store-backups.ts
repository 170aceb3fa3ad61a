import type { Construct } from 'constructs';
import { Alerts } from '../../charts/alerts.ts';
import type { Identity } from '../../charts/labels.ts';
import type { EnvValue } from '../../charts/pod.ts';
import { RESTORE_FILE } from '../../charts/redis.ts';
import {
  type BackupStep,
  MONGODB_DUMP,
  MONGODB_RESTORE,
  REDIS_DUMP,
  StoreBackup,
} from '../../charts/store-backup.ts';
import type { Environment } from '../../environments/environment.ts';
import { images } from '../../environments/images.ts';
import { RUNBOOK } from '../../environments/organization.ts';
import type { StoreBackups } from '../../environments/stores.ts';
import { internet } from '../addons/connections.ts';
import type { Application, Connection, ExpectedSecret } from '../application.ts';
import { scheduledJobAlerts } from '../workloads/scheduled-job.ts';
import { PRIORITY } from './identities.ts';
import { allowConnections, lookups } from './network.ts';
import {
  passwordProperty,
  STORES,
  storeAuthorityMounts,
  storeConnection,
  storePasswordFile,
  storeVariables,
} from './stores.ts';

/** The stores that CronJobs back up; the index has snapshots that Elasticsearch makes itself. */
type BackedUp = 'redis' | 'mongodb';

const backupOf = (store: BackedUp) =>
  ({
    ...{ name: `${store}-backup`, namespace: STORES[store].identity.namespace, component: 'store' },
  }) as const satisfies Identity;

const redis = backupOf('redis');
const mongodb = backupOf('mongodb');
/** Who writes to MongoDB when a backup is brought back: who makes backups changes nothing. */
const RESTORER = 'mongodb-restore';
const DATABASE = 'transactions';
const DUMP_PATH = '/dump';
const SMALL = { cpu: '50m', memory: '128Mi' } as const;

/** The Secret of the key pair of the bucket: MongoDB's operator reads the same. */
const bucketKeys = (store: BackedUp): ExpectedSecret => ({
  ...{ owner: STORES[store].identity, secretName: `${store}-backups`, given: true },
  keys: { AWS_ACCESS_KEY_ID: 's3-access-key-id', AWS_SECRET_ACCESS_KEY: 's3-secret-access-key' },
});

const userSecret = (name: string): string => `${name}-user`;

/** The Secret with a user's own password. */
const ownPassword = (store: BackedUp, name: string): ExpectedSecret => ({
  ...{ owner: STORES[store].identity, secretName: userSecret(name) },
  keys: { password: passwordProperty({ store, name }) },
});

const connectionsOf = (self: Identity, store: BackedUp): readonly Connection[] => [
  storeConnection(self, store),
  ...lookups(self),
  { from: self, to: internet, port: 443 },
];

/** The steps that speak to a store: its variables, its password and its authorities. */
const inStore = (
  store: BackedUp,
  user: string,
  environment: Environment,
  step: Pick<BackupStep, 'name' | 'image' | 'script' | 'resources'> & {
    readonly variables: Readonly<Record<string, EnvValue>>;
  },
): BackupStep => {
  const { variables, ...rest } = step;
  const directory = storePasswordFile(store).replace(/\/password$/, '');
  return {
    ...rest,
    environment: { ...storeVariables(store, user, environment), ...variables },
    mounts: [
      { name: 'password', path: directory, from: { secret: userSecret(user) } },
      ...storeAuthorityMounts(environment),
    ],
  };
};

/** The step that speaks to the bucket. */
const inBucket = (
  store: BackedUp,
  mode: 'store' | 'fetch',
  file: string,
  { bucket, region, keepDays }: StoreBackups,
): BackupStep => {
  const { secretName, keys } = bucketKeys(store);
  return {
    ...{ name: mode, image: images['store-backup'], resources: { ...SMALL, memory: '192Mi' } },
    environment: {
      ...{ MODE: mode, BACKUP_FILE: file, BACKUP_BUCKET: bucket, BACKUP_PREFIX: `${store}-dumps/` },
      ...{ S3_REGION: region, KEEP_DAYS: String(keepDays) },
      ...Object.fromEntries(Object.keys(keys).map((key) => [key, { secret: secretName, key }])),
    },
  };
};

/** What a snapshot of Redis may take: it has no more memory than that. */
const REDIS_DUMP_SIZE = '512Mi';

function declareRedisBackups(scope: Construct, environment: Environment, backups: StoreBackups): void {
  const file = `${DUMP_PATH}/redis.rdb`;
  new StoreBackup(scope, 'backup', {
    ...{ ...redis, schedule: '20 * * * *', priorityClassName: PRIORITY.low },
    backup: {
      ...{ name: redis.name, deadlineSeconds: 1800, scratch: { path: DUMP_PATH, size: REDIS_DUMP_SIZE } },
      steps: [
        inStore('redis', redis.name, environment, {
          ...{ name: 'dump', image: images.valkey, script: REDIS_DUMP },
          resources: { ...SMALL, ephemeralStorage: '576Mi' },
          variables: { BACKUP_FILE: file },
        }),
        inBucket('redis', 'store', file, backups),
      ],
    },
    restore: {
      ...{ name: 'redis-restore', deadlineSeconds: 1800, beside: STORES.redis.identity },
      claims: [{ name: 'data', claim: `data-${STORES.redis.identity.name}-0`, path: '/data' }],
      steps: [inBucket('redis', 'fetch', `/data/${RESTORE_FILE}`, backups)],
    },
  });
}

function declareMongodbBackups(
  scope: Construct,
  environment: Environment,
  { mongodb: wanted, backups }: NonNullable<Environment['transactions']>,
): void {
  if (backups === undefined) return;
  const { size, storageClassName = environment.storageClassName } = wanted.volume;
  const file = `${DUMP_PATH}/mongodb.archive.gz`;
  const shared = {
    deadlineSeconds: 14_400,
    scratch: { path: DUMP_PATH, size, volume: { storageClassName } },
  };
  const tool = { image: images.mongodb, resources: { cpu: '100m', memory: '512Mi' } };
  const variables = { BACKUP_FILE: file, MONGODB_DATABASE: DATABASE };
  const dump = { ...tool, name: 'dump', script: MONGODB_DUMP, variables };
  const restore = { ...tool, name: 'restore', script: MONGODB_RESTORE, variables };
  new StoreBackup(scope, 'backup', {
    ...{ ...mongodb, schedule: '45 2 * * *', priorityClassName: PRIORITY.low },
    backup: {
      ...{ ...shared, name: mongodb.name },
      steps: [
        inStore('mongodb', mongodb.name, environment, dump),
        inBucket('mongodb', 'store', file, backups),
      ],
    },
    restore: {
      ...{ ...shared, name: RESTORER },
      steps: [
        inBucket('mongodb', 'fetch', file, backups),
        inStore('mongodb', RESTORER, environment, restore),
      ],
    },
  });
}

const watched = (
  scope: Construct,
  self: Identity,
  prefix: string,
  everyMinutes: number,
  what: string,
): void => {
  new Alerts(scope, 'alerts', {
    ...{ ...self, runbook: RUNBOOK, dashboard: 'pods' },
    alerts: scheduledJobAlerts({
      ...{ namespace: self.namespace, cronJob: self.name, prefix, everyMinutes, what: `backup of ${what}` },
      failed: `A run that copies ${what} to the bucket, or one that brings a copy back, failed. Its log says why.`,
      missing: `What is lost with ${what} is all that was written since the newest backup.`,
      missingSeverity: 'warning',
    }),
  });
};

/** Backups of Redis, where the environment has a bucket for them. */
const redisBackups: Application = {
  ...{ name: redis.name, parent: 'infra-workloads', namespace: redis.namespace },
  contribute: ({ redis: wanted }) =>
    wanted?.backups === undefined
      ? {}
      : {
          connections: connectionsOf(redis, 'redis'),
          secrets: [bucketKeys('redis'), ownPassword('redis', redis.name)],
          storeUsers: [{ store: 'redis', name: redis.name, scope: '*', access: 'backup' }],
        },
  build: (scope, environment, system) => {
    if (environment.redis?.backups === undefined) return;
    declareRedisBackups(scope, environment, environment.redis.backups);
    allowConnections(scope, redis, system);
    watched(scope, redis, 'RedisBackup', 60, 'Redis');
  },
};

/** Dumps of MongoDB that any server of its protocol takes back, beside the backups of its operator. */
const mongodbBackups: Application = {
  ...{ name: mongodb.name, parent: 'infra-workloads', namespace: mongodb.namespace },
  contribute: ({ transactions }) =>
    transactions?.backups === undefined
      ? {}
      : {
          connections: connectionsOf(mongodb, 'mongodb'),
          secrets: [mongodb.name, RESTORER].map((name) => ownPassword('mongodb', name)),
          storeUsers: [
            { store: 'mongodb', name: mongodb.name, scope: DATABASE, access: 'backup' },
            { store: 'mongodb', name: RESTORER, scope: DATABASE, access: 'write' },
          ],
        },
  build: (scope, environment, system) => {
    if (environment.transactions?.backups === undefined) return;
    declareMongodbBackups(scope, environment, environment.transactions);
    allowConnections(scope, mongodb, system);
    watched(scope, mongodb, 'MongodbBackup', 1440, 'MongoDB');
  },
};

/** The backups of stores that CronJobs make, where the environment has a bucket for them. */
export const storeBackups: readonly Application[] = [redisBackups, mongodbBackups];
