import { MongoDb, type MongoDbUser } from '../../charts/mongodb.ts';
import { PodAccess, peers } from '../../charts/network-policy.ts';
import { issuerOf } from '../../charts/private-authority.ts';
import type { Environment } from '../../environments/environment.ts';
import { images } from '../../environments/images.ts';
import { internet } from '../addons/connections.ts';
import { MONGODB_OPERATOR_VERSION } from '../addons/store-operators.ts';
import type { Application, System } from '../application.ts';
import { declareSecrets } from './credentials.ts';
import { PRIORITY } from './identities.ts';
import { accessesOf, isolatedNamespace, lookups } from './network.ts';
import { STORE_ISSUERS, STORES, type StoreAccess, usersSecretName } from './stores.ts';

const { identity: mongodb, pods, port } = STORES.mongodb;
const BACKUPS = 'mongodb-backups';

/** One member where an addon has one pod; three where a drain must stop nothing. */
export const membersOf = ({ addonReplicas }: Pick<Environment, 'addonReplicas'>): number =>
  addonReplicas > 1 ? 3 : 1;

const usersOf = ({ storeUsers }: System): MongoDbUser[] =>
  storeUsers
    .filter(({ store }) => store === 'mongodb')
    .map(({ name, scope, access }) => ({
      ...{ name, database: scope, role: ROLES[access] },
    }));

/** The role of MongoDB for each kind of access, in the database that the access names. */
const ROLES: Readonly<Record<StoreAccess['access'], MongoDbUser['role']>> = {
  ...{ write: 'readWrite', read: 'read', monitor: 'clusterMonitor', statistics: 'clusterMonitor' },
  // Its counts are no script.
  measure: 'clusterMonitor',
  // By a dump: the operator's backups have a user of its own.
  backup: 'read',
};

/** MongoDB, where the environment has transactions: an object of Percona's operator. */
export const mongodbApplication: Application = {
  name: 'mongodb',
  parent: 'infra-workloads',
  namespace: mongodb.namespace,
  contribute: ({ transactions }) =>
    transactions === undefined
      ? {}
      : {
          connections: [
            ...lookups(pods),
            { from: pods, to: pods, port },
            ...(transactions.backups === undefined ? [] : [{ from: pods, to: internet, port: 443 }]),
          ],
          secrets:
            transactions.backups === undefined
              ? []
              : [
                  {
                    ...{ owner: mongodb, secretName: BACKUPS, given: true },
                    keys: {
                      AWS_ACCESS_KEY_ID: 's3-access-key-id',
                      AWS_SECRET_ACCESS_KEY: 's3-secret-access-key',
                    },
                  },
                ],
        },
  build: (scope, environment, system) => {
    const { transactions, storeTls, storageClassName } = environment;
    if (transactions === undefined) return;
    isolatedNamespace(scope, mongodb, environment);
    declareSecrets(scope, mongodb, environment, system);
    const { backups } = transactions;
    new MongoDb(scope, 'mongodb', {
      ...{ ...mongodb, image: images.mongodb, backupImage: images.mongodbBackup },
      ...{ operatorVersion: MONGODB_OPERATOR_VERSION, members: membersOf(environment) },
      ...{ cpu: '200m', memory: '1Gi', priorityClassName: PRIORITY.high },
      ...{ users: usersOf(system), usersSecret: usersSecretName('mongodb') },
      volume: { ...(storageClassName && { storageClassName }), ...transactions.mongodb.volume },
      clusterIssuer: storeTls && issuerOf(STORE_ISSUERS, storeTls.authority),
      backups: backups && { ...backups, secret: BACKUPS },
    });
    new PodAccess(scope, 'network', { name: mongodb.name, pods, ...accessesOf(pods, system.connections) });
  },
};

/** The way that the operator comes. */
export const mongodbOperator = peers.everyPod('mongodb-system');
