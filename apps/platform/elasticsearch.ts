import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { Alerts } from '../../charts/alerts.ts';
import { Elasticsearch, KIBANA_RESOURCES, Kibana } from '../../charts/elasticsearch.ts';
import { elasticsearchContent as contentOf } from '../../charts/elasticsearch-content.ts';
import { type Identity, metadataOf } from '../../charts/labels.ts';
import { peers } from '../../charts/network-policy.ts';
import { AUTHORITY_FILE, authorityMount, type FileMount } from '../../charts/pod.ts';
import { issuerOf, PrivateAuthority } from '../../charts/private-authority.ts';
import { ScheduledJob } from '../../charts/scheduled-job.ts';
import { ServerCertificate } from '../../charts/server-certificate.ts';
import type { Environment } from '../../environments/environment.ts';
import { images } from '../../environments/images.ts';
import { RUNBOOK } from '../../environments/organization.ts';
import type { ElasticsearchStore } from '../../environments/stores.ts';
import { ELASTICSEARCH_USERS, logStoreAddresses, logStoreUrl } from '../../packages/contracts/log-store.ts';
import { CERT_MANAGER } from '../addons/certificates.ts';
import { internet } from '../addons/connections.ts';
import { LOG_AGENTS } from '../addons/opentelemetry-collector.ts';
import type { Application, Connection, ExpectedSecret } from '../application.ts';
import { scheduledJobAlerts } from '../workloads/scheduled-job.ts';
import { declareSecrets } from './credentials.ts';
import { ELASTICSEARCH_AUTHORITY, elasticsearchOf } from './elasticsearch-endpoint.ts';
import { BOARD, elasticsearchContent as content, elasticsearch, kibana, PRIORITY } from './identities.ts';
import { allowConnections, isolatedNamespace, lookups } from './network.ts';

/** The object's name; ECK's names begin with it. */
const CLUSTER = 'logs';
const ES = { service: logStoreAddresses.elasticsearch.service, port: logStoreAddresses.elasticsearch.port };
const KB = { service: `${CLUSTER}-kb-http`, port: 5601 };
const TRANSPORT_PORT = 9300;

const ELASTICSEARCH_TLS = 'elasticsearch-tls';
const KIBANA_TLS = 'kibana-tls';

/** The Secret that ECK makes: the password of its user `elastic`. */
const ADMIN = { username: 'elastic', secret: `${CLUSTER}-es-elastic-user`, key: 'elastic' } as const;
const USERS = { secret: 'elasticsearch-users', path: '/etc/sluice/users' } as const;
const SNAPSHOTS = 'elasticsearch-snapshots';
const ADMIN_PATH = '/etc/sluice/admin';
const DECLARATION = {
  name: 'elasticsearch-content',
  path: '/etc/sluice/content',
  file: 'content.json',
} as const;

/** The way that ECK's operator comes. */
const operator = peers.everyPod('elastic-system');

/** The authority of its certificates, by cert-manager, and its certificate where clients of it are, by trust-manager. */
export const elasticsearchAuthority: Application = {
  name: 'elasticsearch-authority',
  parent: 'addons',
  namespace: CERT_MANAGER,
  build: (scope, environment) => {
    const store = elasticsearchOf(environment);
    if (store === undefined) return;
    // The board asks the first store.
    const shown = environment.logs.stores[0] === 'elasticsearch' ? [BOARD] : [];
    const reports = environment.logReports?.store === 'elasticsearch' ? ['log-reports', 'log-archive'] : [];
    new PrivateAuthority(scope, 'authority', {
      ...{ of: elasticsearch.name, namespace: CERT_MANAGER, servers: [elasticsearch.namespace] },
      authorities: [store.authority, ...(store.also ?? [])],
      trust: {
        configMap: ELASTICSEARCH_AUTHORITY,
        namespaces: [elasticsearch.namespace, LOG_AGENTS.name, ...reports, ...shown],
      },
    });
  },
};

/** Elasticsearch with Kibana, where it is one of the log stores: objects of ECK, and what stands on them. */
export const elasticsearchApplication: Application = {
  name: 'elasticsearch',
  parent: 'infra-workloads',
  namespace: elasticsearch.namespace,
  contribute: (environment) => {
    const store = elasticsearchOf(environment);
    return store === undefined ? {} : { connections: connectionsOf(store), secrets: secretsOf(store) };
  },
  build: (scope, environment, system) => {
    const store = elasticsearchOf(environment);
    if (store === undefined) return;
    isolatedNamespace(scope, elasticsearch, environment);
    declareSecrets(scope, content, environment, system);
    declareServers(scope, environment, store);
    declareContent(scope, environment, store);
    for (const self of [elasticsearch, kibana, content]) allowConnections(scope, self, system);
    new Alerts(scope, 'alerts', {
      ...{ ...content, runbook: RUNBOOK, dashboard: 'pods', alerts: scheduledJobAlerts(RUNS) },
    });
  },
};

function connectionsOf({ snapshots }: ElasticsearchStore): readonly Connection[] {
  return [
    ...[elasticsearch, kibana, content].flatMap(lookups),
    { from: elasticsearch, to: elasticsearch, port: TRANSPORT_PORT },
    ...[operator, kibana, content].map((from) => ({ from, to: elasticsearch, port: ES.port })),
    { from: content, to: kibana, port: KB.port },
    ...(snapshots === undefined ? [] : [{ from: elasticsearch, to: internet, port: 443 }]),
  ];
}

/** A password for each user, and the key pair of the bucket of snapshots, under the names of Elasticsearch's keystore. */
const secretsOf = ({ snapshots }: ElasticsearchStore): ExpectedSecret[] => [
  {
    ...{ owner: content, secretName: USERS.secret },
    keys: Object.fromEntries(Object.values(ELASTICSEARCH_USERS).map(({ name }) => [name, name])),
  },
  ...(snapshots === undefined
    ? []
    : [
        {
          ...{ owner: content, secretName: SNAPSHOTS },
          keys: {
            's3.client.default.access_key': 's3-access-key-id',
            's3.client.default.secret_key': 's3-secret-access-key',
          },
        },
      ]),
];

/** One node where an addon has one pod; three where a drain must stop nothing. */
const nodesOf = ({ addonReplicas }: Environment): number => (addonReplicas > 1 ? 3 : 1);

function declareServers(scope: Construct, environment: Environment, store: ElasticsearchStore): void {
  const clusterIssuer = issuerOf(elasticsearch.name, store.authority);
  const certified = (self: Identity, service: string, secretName: string): void => {
    new ServerCertificate(scope, secretName, { ...self, name: service, secretName, clusterIssuer });
  };
  certified(elasticsearch, ES.service, ELASTICSEARCH_TLS);
  certified(kibana, KB.service, KIBANA_TLS);
  const { snapshots } = store;
  new Elasticsearch(scope, 'elasticsearch', {
    ...{ ...elasticsearch, cluster: CLUSTER, image: images.elasticsearch, nodes: nodesOf(environment) },
    ...{ tlsSecret: ELASTICSEARCH_TLS, cpu: '200m', memory: '2Gi', priorityClassName: PRIORITY.high },
    volume: { size: environment.logs.volume, storageClassName: environment.storageClassName },
    snapshots: snapshots && { region: snapshots.region, secret: SNAPSHOTS },
  });
  new Kibana(scope, 'kibana', {
    ...{ ...kibana, cluster: CLUSTER, image: images.kibana, replicas: 1 },
    ...{ tlsSecret: KIBANA_TLS, ...KIBANA_RESOURCES, priorityClassName: PRIORITY.low },
  });
}

const RUNS = {
  ...{ namespace: content.namespace, cronJob: content.name, everyMinutes: 10 },
  ...{ prefix: 'ElasticsearchContentRun', what: 'run that declares the content of Elasticsearch' },
  failed: 'Elasticsearch or Kibana refused a part of what is to stand on it. The log of the run names it.',
  missing:
    'A changed template, role or password does not reach Elasticsearch; before the first run no agent can write.',
  missingSeverity: 'warning',
} as const;

const MOUNTS: readonly FileMount[] = [
  { name: 'admin', path: ADMIN_PATH, from: { secret: ADMIN.secret } },
  { name: 'users', path: USERS.path, from: { secret: USERS.secret } },
  { name: 'content', path: DECLARATION.path, from: { configMap: DECLARATION.name } },
  authorityMount(ELASTICSEARCH_AUTHORITY),
];

/** What stands on both, declared anew every ten minutes: a rotated password needs no one to remember it. */
function declareContent(scope: Construct, environment: Environment, { snapshots }: ElasticsearchStore): void {
  const declaration = contentOf({
    ...{ retention: environment.logs.retention, snapshots },
    replicas: nodesOf(environment) > 1 ? 1 : 0,
    passwordFile: (user) => `${USERS.path}/${user}`,
  });
  new k8s.KubeConfigMap(scope, 'content', {
    metadata: metadataOf(content, DECLARATION.name),
    data: { [DECLARATION.file]: `${JSON.stringify(declaration, undefined, 2)}\n` },
  });
  new ScheduledJob(scope, 'content-job', {
    ...{ ...content, image: images['log-reports'], everyMinutes: RUNS.everyMinutes },
    ...{ deadlineSeconds: 240, retries: 1, mounts: MOUNTS, http: false, priorityClassName: PRIORITY.low },
    environment: {
      ...{ MODE: 'declare', LOG_STORE: 'elasticsearch', LOG_STORE_URL: logStoreUrl('elasticsearch') },
      ...{ LOG_STORE_USERNAME: ADMIN.username, LOG_STORE_PASSWORD_FILE: `${ADMIN_PATH}/${ADMIN.key}` },
      ...{ LOG_STORE_CA_FILE: AUTHORITY_FILE, DEADLINE_SECONDS: '240' },
      KIBANA_URL: `https://${KB.service}.${content.namespace}.svc:${KB.port}`,
      DECLARATION_FILE: `${DECLARATION.path}/${DECLARATION.file}`,
    },
  });
}
