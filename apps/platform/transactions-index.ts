import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { Alerts } from '../../charts/alerts.ts';
import { Elasticsearch, KIBANA_RESOURCES, Kibana } from '../../charts/elasticsearch.ts';
import { type Identity, metadataOf } from '../../charts/labels.ts';
import { peers } from '../../charts/network-policy.ts';
import type { FileMount } from '../../charts/pod.ts';
import { issuerOf } from '../../charts/private-authority.ts';
import { ScheduledJob } from '../../charts/scheduled-job.ts';
import { ServerCertificate } from '../../charts/server-certificate.ts';
import { type IndexUser, indexContent } from '../../charts/transactions-index-content.ts';
import type { Environment } from '../../environments/environment.ts';
import { images } from '../../environments/images.ts';
import { RUNBOOK } from '../../environments/organization.ts';
import type { Transactions } from '../../environments/stores.ts';
import { internet } from '../addons/connections.ts';
import type { Application, Connection, System } from '../application.ts';
import { scheduledJobAlerts } from '../workloads/scheduled-job.ts';
import { declareSecrets } from './credentials.ts';
import { PRIORITY } from './identities.ts';
import { membersOf } from './mongodb.ts';
import { allowConnections, isolatedNamespace, lookups } from './network.ts';
import {
  STORE_ISSUERS,
  STORES,
  storeAuthorityFile,
  storeAuthorityMounts,
  storeUrl,
  usersSecretName,
} from './stores.ts';

const { identity: index, port } = STORES.elasticsearch;
/** The object's name; ECK's names begin with it. */
const CLUSTER = 'transactions';
const TRANSPORT_PORT = 9300;
const page: Identity = { ...index, name: 'transactions-page' };
const content: Identity = { ...index, name: 'transactions-content', component: 'configuration' };
const PAGE = { service: `${CLUSTER}-kb-http`, port: 5601 };
const TLS = { index: 'transactions-index-tls', page: 'transactions-page-tls' };

/** The Secret that ECK makes: the password of its user `elastic`. */
const ADMIN = { username: 'elastic', secret: `${CLUSTER}-es-elastic-user`, key: 'elastic' } as const;
const ADMIN_PATH = '/etc/sluice/admin';
const USERS_PATH = '/etc/sluice/users';
const DECLARATION = { path: '/etc/sluice/content', file: 'content.json' } as const;
const SNAPSHOTS = 'transactions-index-snapshots';
/** Who looks at transactions by Kibana. */
const VIEWER = 'viewer';

const operator = peers.everyPod('elastic-system');

/** The index of transactions with Kibana, where the environment has transactions: objects of ECK, and what stands on them. */
export const transactionsIndexApplication: Application = {
  name: 'transactions-index',
  parent: 'infra-workloads',
  namespace: index.namespace,
  contribute: ({ transactions }) =>
    transactions === undefined
      ? {}
      : {
          connections: connectionsOf(transactions),
          secrets: transactions.backups === undefined ? [] : [snapshotKeys],
          storeUsers: [{ store: 'elasticsearch', name: VIEWER, scope: CLUSTER, access: 'read' }],
        },
  build: (scope, environment, system) => {
    if (environment.transactions === undefined) return;
    isolatedNamespace(scope, index, environment);
    declareSecrets(scope, index, environment, system);
    declareServers(scope, environment, environment.transactions);
    declareContent(scope, environment, environment.transactions, system);
    for (const self of [index, page, content]) allowConnections(scope, self, system);
    new Alerts(scope, 'alerts', {
      ...{ ...content, runbook: RUNBOOK, dashboard: 'pods', alerts: scheduledJobAlerts(RUNS) },
    });
  },
};

/** The key pair of the bucket, under the names of Elasticsearch's keystore. */
const snapshotKeys = {
  ...{ owner: index, secretName: SNAPSHOTS, given: true },
  keys: {
    's3.client.default.access_key': 's3-access-key-id',
    's3.client.default.secret_key': 's3-secret-access-key',
  },
};

const connectionsOf = ({ backups }: Transactions): readonly Connection[] => [
  ...[index, page, content].flatMap(lookups),
  { from: index, to: index, port: TRANSPORT_PORT },
  ...[operator, page, content].map((from) => ({ from, to: index, port })),
  { from: content, to: page, port: PAGE.port },
  ...(backups === undefined ? [] : [{ from: index, to: internet, port: 443 }]),
];

function declareServers(scope: Construct, environment: Environment, transactions: Transactions): void {
  const { storeTls, storageClassName } = environment;
  const certified = (self: Identity, service: string, secretName: string): string | undefined => {
    if (storeTls === undefined) return undefined;
    const clusterIssuer = issuerOf(STORE_ISSUERS, storeTls.authority);
    new ServerCertificate(scope, secretName, { ...self, name: service, secretName, clusterIssuer });
    return secretName;
  };
  const { backups, elasticsearch } = transactions;
  new Elasticsearch(scope, 'elasticsearch', {
    ...{ ...index, cluster: CLUSTER, image: images.elasticsearch, nodes: membersOf(environment) },
    ...{ cpu: '200m', memory: '2Gi', priorityClassName: PRIORITY.high },
    tlsSecret: certified(index, `${CLUSTER}-es-http`, TLS.index),
    volume: { ...(storageClassName && { storageClassName }), ...elasticsearch.volume },
    snapshots: backups && { region: backups.region, secret: SNAPSHOTS },
  });
  new Kibana(scope, 'kibana', {
    ...{ ...page, cluster: CLUSTER, image: images.kibana, replicas: 1 },
    ...{ ...KIBANA_RESOURCES, priorityClassName: PRIORITY.low },
    tlsSecret: certified(page, PAGE.service, TLS.page),
  });
}

const RUNS = {
  ...{ namespace: content.namespace, cronJob: content.name, everyMinutes: 10 },
  ...{ prefix: 'TransactionsContentRun', what: "run that declares the content of the transactions' index" },
  failed: 'Elasticsearch or Kibana refused a part of what is to stand on it. The log of the run names it.',
  missing: 'A changed role, password or snapshot policy does not reach the index of transactions.',
  missingSeverity: 'warning',
} as const;

const usersOf = ({ storeUsers }: System): IndexUser[] =>
  storeUsers
    .filter(({ store }) => store === 'elasticsearch')
    .map(({ name, access }) => ({
      ...{
        name,
        access: access === 'write' || access === 'read' ? access : 'statistics',
        page: name === VIEWER,
      },
    }));

/** What stands on both, declared anew every ten minutes: a rotated password needs no one to remember it. */
function declareContent(
  scope: Construct,
  environment: Environment,
  { backups }: Transactions,
  system: System,
): void {
  const declaration = indexContent({
    ...{ alias: CLUSTER, users: usersOf(system), snapshots: backups },
    passwordFile: (user) => `${USERS_PATH}/${user}`,
  });
  new k8s.KubeConfigMap(scope, 'content', {
    metadata: metadataOf(content),
    data: { [DECLARATION.file]: `${JSON.stringify(declaration, undefined, 2)}\n` },
  });
  const mounts: readonly FileMount[] = [
    { name: 'admin', path: ADMIN_PATH, from: { secret: ADMIN.secret } },
    { name: 'users', path: USERS_PATH, from: { secret: usersSecretName('elasticsearch') } },
    { name: 'content', path: DECLARATION.path, from: { configMap: content.name } },
    ...storeAuthorityMounts(environment),
  ];
  const authorities = storeAuthorityFile(environment);
  const scheme = authorities === undefined ? 'http' : 'https';
  new ScheduledJob(scope, 'content-job', {
    ...{ ...content, image: images['log-reports'], everyMinutes: RUNS.everyMinutes },
    ...{ deadlineSeconds: 240, retries: 1, mounts, http: false, priorityClassName: PRIORITY.low },
    environment: {
      ...{ MODE: 'declare', LOG_STORE: 'elasticsearch' },
      LOG_STORE_URL: storeUrl('elasticsearch', environment),
      ...{ LOG_STORE_USERNAME: ADMIN.username, LOG_STORE_PASSWORD_FILE: `${ADMIN_PATH}/${ADMIN.key}` },
      ...(authorities !== undefined && { LOG_STORE_CA_FILE: authorities }),
      DEADLINE_SECONDS: '240',
      KIBANA_URL: `${scheme}://${PAGE.service}.${content.namespace}.svc:${PAGE.port}`,
      DECLARATION_FILE: `${DECLARATION.path}/${DECLARATION.file}`,
    },
  });
}
