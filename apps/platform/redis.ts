import type { Construct } from 'constructs';
import { type Alert, Alerts } from '../../charts/alerts.ts';
import { MetricsScrape } from '../../charts/monitoring.ts';
import { HTTP_PORT_NAME } from '../../charts/pod.ts';
import { issuerOf } from '../../charts/private-authority.ts';
import { Redis, type RedisProps, type RedisUser } from '../../charts/redis.ts';
import { ServerCertificate } from '../../charts/server-certificate.ts';
import { SingleService } from '../../charts/single-service.ts';
import type { Environment } from '../../environments/environment.ts';
import { images } from '../../environments/images.ts';
import { RUNBOOK } from '../../environments/organization.ts';
import { queueExporter as metrics } from '../../packages/contracts/metrics/catalogue.ts';
import { series } from '../../packages/contracts/metrics/metric.ts';
import type { Application, System } from '../application.ts';
import { QUEUE_MESSAGES } from './broker-alerts.ts';
import { declareSecrets } from './credentials.ts';
import { PRIORITY } from './identities.ts';
import { allowConnections, isolatedNamespace, lookups, scraped } from './network.ts';
import {
  queueExporter,
  STORE_ISSUERS,
  STORES,
  type StoreAccess,
  storeConnection,
  storeCredentials,
  storeMounts,
  storeVariables,
  usersSecretName,
} from './stores.ts';

const redis = STORES.redis.identity;

/** What a client may do for each kind of access. Who counts sees the values of hashes, and lists no key by pattern. */
const RULES: Readonly<Record<StoreAccess['access'], (scope: string) => string>> = {
  write: (scope) => `~${scope}:* &* +@all -@dangerous -@admin +info +config|get`,
  read: (scope) => `%R~${scope}:* +@read +@connection +multi +exec -@dangerous +info`,
  monitor: (scope) =>
    `%R~${scope}:* +@connection -@dangerous +multi +exec +exists +type +llen +zcard +zcount +lindex +hget +hmget +xrange +xrevrange +scan +info`,
  // A script may do what its user may. Redis wants keys of a script to be writable, so that what is not named here,
  // every command that writes, is what keeps it from writing.
  measure: (scope) => `~${scope}:* +@connection -@dangerous +eval +type +llen +zcard +scard +hlen`,
  // No key, and no argument of a slow command: both would be content.
  statistics: () => '+@connection -@dangerous +info +slowlog|len +latency|latest +latency|histogram',
  // It gets all data at once, as a replica does, and changes none.
  backup: () => '+psync +sync +replconf +ping',
};

/** One line a user, whatever number of prefixes it works with. */
export function redisUsersOf({ storeUsers }: Pick<System, 'storeUsers'>): readonly RedisUser[] {
  const rules = new Map<string, Set<string>>();
  for (const { name, scope, access } of storeUsers.filter(({ store }) => store === 'redis'))
    rules.set(name, (rules.get(name) ?? new Set()).add(RULES[access](scope)));
  return [...rules].map(([name, all]) => ({ name, rules: [...all].join(' ') }));
}

const job = 'queue-exporter';

const alerts: readonly Alert[] = [
  {
    name: 'RedisDown',
    severity: 'critical',
    expr: `absent(${series(metrics.up, { namespace: redis.namespace })} == 1)`,
    for: '2m',
    summary: 'The queue exporter cannot read Redis.',
    description:
      'No transaction is accepted or done, and the scaler keeps every replica count of a queue in Redis as it is.',
  },
  {
    name: 'QueueJobsFailed',
    severity: 'warning',
    expr: `${series(metrics.jobs, { state: 'failed' })} > 0`,
    for: '5m',
    summary: '{{ $value }} jobs of {{ $labels.queue }} are in the failed set.',
    description: 'They failed every attempt and stay until a person takes them.',
  },
];

/** Redis for queues of BullMQ, with what counts them: where the environment has it. */
export const redisApplication: Application = {
  name: 'redis',
  parent: 'infra-workloads',
  namespace: redis.namespace,
  contribute: ({ redis: wanted }) =>
    wanted === undefined
      ? {}
      : {
          connections: [
            storeConnection(queueExporter, 'redis'),
            ...lookups(queueExporter),
            scraped(queueExporter),
          ],
          secrets: [{ ...storeCredentials(queueExporter, 'redis'), owner: redis }],
          storeUsers: [{ store: 'redis', name: queueExporter.name, scope: '*', access: 'monitor' }],
        },
  build: (scope, environment, system) => {
    const { redis: wanted, storageClassName } = environment;
    if (wanted === undefined) return;
    isolatedNamespace(scope, redis, environment);
    // The namespace has one document and one store: both Secrets are declared as the server's.
    declareSecrets(scope, redis, environment, system);
    new Redis(scope, 'redis', {
      ...{ ...redis, image: images.valkey, fsync: wanted.fsync, priorityClassName: PRIORITY.high },
      ...{ users: redisUsersOf(system), usersSecret: usersSecretName('redis') },
      volume: { ...(storageClassName && { storageClassName }), ...wanted.volume },
      ...certificateOf(scope, environment),
    });
    new SingleService(scope, 'exporter', {
      ...{ ...queueExporter, image: images['queue-exporter'], priorityClassName: PRIORITY.low },
      environment: storeVariables('redis', queueExporter.name, environment),
      mounts: storeMounts(['redis'], environment),
    });
    for (const one of [redis, queueExporter]) allowConnections(scope, one, system);
    new MetricsScrape(scope, 'scrape', { ...queueExporter, endpoints: [{ port: HTTP_PORT_NAME }] });
    new Alerts(scope, 'alerts', {
      ...{ ...redis, runbook: RUNBOOK, dashboard: 'overview', alerts },
      records: (['ready', 'active'] as const).map((state) => ({
        record: QUEUE_MESSAGES[state === 'ready' ? 'ready' : 'unacked'],
        expr: `max by (queue) (${series(metrics[state], { job })})`,
      })),
    });
  },
};

const REDIS_TLS = 'redis-tls';

/** The certificate of Redis, where its clients use TLS. */
function certificateOf(scope: Construct, { storeTls }: Environment): Pick<RedisProps, 'tlsSecret'> {
  if (storeTls === undefined) return {};
  const clusterIssuer = issuerOf(STORE_ISSUERS, storeTls.authority);
  new ServerCertificate(scope, 'certificate', { ...redis, secretName: REDIS_TLS, clusterIssuer });
  return { tlsSecret: REDIS_TLS };
}
