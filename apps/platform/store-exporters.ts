import { type Alert, Alerts } from '../../charts/alerts.ts';
import type { Identity } from '../../charts/labels.ts';
import { MetricsScrape } from '../../charts/monitoring.ts';
import { type EnvValue, HTTP_PORT, HTTP_PORT_NAME, type Resources } from '../../charts/pod.ts';
import { SingleService } from '../../charts/single-service.ts';
import type { Environment } from '../../environments/environment.ts';
import { images } from '../../environments/images.ts';
import { RUNBOOK } from '../../environments/organization.ts';
import type { Application } from '../application.ts';
import { PRIORITY } from './identities.ts';
import { allowConnections, lookups, scraped } from './network.ts';
import { elasticsearchAlerts, mongodbAlerts, redisAlerts } from './store-alerts.ts';
import {
  STORES,
  type StoreKind,
  storeAuthorityFile,
  storeAuthorityMounts,
  storeConnection,
  storeUrl,
  usersSecretName,
} from './stores.ts';

/** An exporter that others build, and how it reaches its store. */
interface StoreExporter {
  readonly store: StoreKind;
  readonly image: string;
  /** Whether the environment has the store. */
  readonly isWanted: (environment: Environment) => boolean;
  /** The part of the store that its user sees. */
  readonly scope: string;
  /** @default the image's own */
  readonly args?: (environment: Environment) => readonly string[];
  /** Its variables but for the password. */
  readonly environment: (environment: Environment) => Readonly<Record<string, string>>;
  readonly passwordVariable: string;
  /** A page that answers while the process lives, whatever the store does. */
  readonly alivePath: string;
  readonly resources: Resources;
  readonly alerts: readonly Alert[];
}

const LISTEN = `:${HTTP_PORT}`;

/** The exporter of a store: its name, in the namespace of the store, without which it is of no use. */
export const storeExporter = (store: StoreKind): Identity => ({
  ...{ name: `${store}-exporter`, namespace: STORES[store].identity.namespace, component: 'monitoring' },
});

const redis: StoreExporter = {
  ...{ store: 'redis', image: images.redisExporter, alivePath: '/health', scope: '*', alerts: redisAlerts },
  isWanted: (environment) => environment.redis !== undefined,
  environment: (environment) => ({
    REDIS_ADDR: storeUrl('redis', environment),
    REDIS_USER: storeExporter('redis').name,
    REDIS_EXPORTER_WEB_LISTEN_ADDRESS: LISTEN,
    REDIS_EXPORTER_LOG_FORMAT: 'json',
    // Its user may not read the configuration, which holds passwords.
    REDIS_EXPORTER_CONFIG_COMMAND: '-',
    // Whoever reaches it would have it connect to any address, with the password.
    REDIS_EXPORTER_DISABLE_SCRAPE_ENDPOINT: 'true',
    ...pathOf('REDIS_EXPORTER_TLS_CA_CERT_FILE', environment),
  }),
  passwordVariable: 'REDIS_PASSWORD',
  resources: { cpu: '20m', memory: '64Mi' },
};

const pathOf = (variable: string, environment: Environment): Readonly<Record<string, string>> => {
  const file = storeAuthorityFile(environment);
  return file === undefined ? {} : { [variable]: file };
};

const mongodb: StoreExporter = {
  ...{ store: 'mongodb', image: images.mongodbExporter, alivePath: '/', scope: 'admin' },
  alerts: mongodbAlerts,
  isWanted: ({ transactions }) => transactions !== undefined,
  args: () => [
    `--web.listen-address=${LISTEN}`,
    // It finds the members by the replica set, and asks the primary, which knows the state of all.
    '--no-mongodb.direct-connect',
    '--mongodb.global-conn-pool',
    '--collector.diagnosticdata',
  ],
  environment: (environment) => ({
    MONGODB_URI: mongodbUri(environment),
    MONGODB_USER: storeExporter('mongodb').name,
  }),
  passwordVariable: 'MONGODB_PASSWORD',
  resources: { cpu: '20m', memory: '128Mi' },
};

/** The driver takes the authorities from the address alone. */
function mongodbUri(environment: Environment): string {
  const url = storeUrl('mongodb', environment);
  const file = storeAuthorityFile(environment);
  return file === undefined ? url : `${url}&tlsCAFile=${file}`;
}

const elasticsearch: StoreExporter = {
  ...{ store: 'elasticsearch', image: images.elasticsearchExporter, alivePath: '/healthz' },
  ...{ scope: 'transactions', alerts: elasticsearchAlerts },
  isWanted: ({ transactions }) => transactions !== undefined,
  args: (environment) => {
    const file = storeAuthorityFile(environment);
    return [
      `--web.listen-address=${LISTEN}`,
      `--es.uri=${storeUrl('elasticsearch', environment)}`,
      // Any node answers for all of them, so that one that joins is there at the next scrape.
      ...['--es.all', '--es.indices', '--es.indices_settings', '--no-es.aliases', '--es.timeout=10s'],
      ...(file === undefined ? [] : [`--es.ca=${file}`]),
      '--log.format=json',
    ];
  },
  environment: () => ({ ES_USERNAME: storeExporter('elasticsearch').name }),
  passwordVariable: 'ES_PASSWORD',
  resources: { cpu: '20m', memory: '128Mi' },
};

/** Its user's password, from the Secret of the store that has those of all its users. */
const passwordOf = ({ store }: StoreExporter): EnvValue => ({
  ...{ secret: usersSecretName(store), key: storeExporter(store).name },
});

function applicationOf(exporter: StoreExporter): Application {
  const { store, scope: part, isWanted, alivePath } = exporter;
  const self = storeExporter(store);
  return {
    ...{ name: self.name, parent: 'infra-workloads', namespace: self.namespace },
    contribute: (environment) =>
      isWanted(environment)
        ? {
            connections: [storeConnection(self, store), ...lookups(self), scraped(self)],
            storeUsers: [{ store, name: self.name, scope: part, access: 'statistics' }],
          }
        : {},
    build: (scope, environment, system) => {
      if (!isWanted(environment)) return;
      new SingleService(scope, 'exporter', {
        ...{ ...self, image: exporter.image, resources: exporter.resources },
        ...{ livePath: alivePath, readyPath: alivePath },
        ...(exporter.args && { args: exporter.args(environment) }),
        environment: {
          ...exporter.environment(environment),
          [exporter.passwordVariable]: passwordOf(exporter),
        },
        mounts: storeAuthorityMounts(environment),
        // What only observes preempts no pod.
        priorityClassName: PRIORITY.low,
      });
      allowConnections(scope, self, system);
      new MetricsScrape(scope, 'scrape', { ...self, endpoints: [{ port: HTTP_PORT_NAME }], interval: '30s' });
      new Alerts(scope, 'alerts', {
        ...{ ...self, runbook: RUNBOOK, dashboard: 'stores', alerts: exporter.alerts },
        ...(store === 'redis' && { dependsOn: STORES.redis.identity.name }),
      });
    },
  };
}

/** Metrics of Redis, MongoDB and the index as their servers report them, where the environment has them. */
export const storeExporters: readonly Application[] = [redis, mongodb, elasticsearch].map(applicationOf);
