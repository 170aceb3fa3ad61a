import { baseOf, type DeploymentTarget, type Policy, type PrometheusSource } from '@sluice/policy';
import type { Identity } from '../../charts/labels.ts';
import { peers } from '../../charts/network-policy.ts';
import { compiledHpa, type Scaled, type ScalerKind } from '../../charts/scaling.ts';
import type { Environment } from '../../environments/environment.ts';
import { brokerQueues, series } from '../../packages/contracts/metrics/metric.ts';
import type { Contribution } from '../application.ts';
import { brokerEndpoint, brokerSource } from '../platform/broker-endpoint.ts';
import { broker, scaler as ownScaler, PROMETHEUS } from '../platform/identities.ts';
import {
  passwordProperty,
  type RedisQueue,
  redisSource,
  scrapedRedisSource,
  storeConnection,
  storePasswordFile,
} from '../platform/stores.ts';

/** A queue worker, as far as its scaling goes. */
export interface ScalingWish {
  readonly self: Identity;
  /** Its name for scalers, in metrics and in messages. */
  readonly name: string;
  /** The queue that it takes from. */
  readonly queue: string;
  /** That queue where it is one of Redis. @default a queue of the broker */
  readonly redis?: RedisQueue | undefined;
  readonly policy: Policy;
  readonly scaler: ScalerKind;
}

/** Where the operator of the addon keda runs. */
const KEDA = 'keda';
const KEDA_POLL_SECONDS = 5;
/** The Secret with the password of KEDA's user at the broker or in Redis. */
const KEDA_SECRET = 'keda-credentials';

/** Who owns the replica count of a worker, and what that one reads the queue by. */
export function scaledOf(wish: ScalingWish, environment: Environment): Scaled {
  const { self, name, policy, scaler } = wish;
  const target: DeploymentTarget = { kind: 'deployment', namespace: self.namespace, name: self.name };
  if (scaler === 'own')
    return { scaler, workload: { name, source: ownSource(wish, environment), target, policy } };
  if (scaler === 'hpa')
    return { scaler, workload: { name, source: scrapedSource(wish, environment), target, policy } };
  const cluster = { pollSeconds: KEDA_POLL_SECONDS, credentials: KEDA_SECRET };
  return { scaler, workload: { name, source: kedaSource(wish, environment), target, policy }, cluster };
}

/** What the own scaler reads, by a user of its own. */
function ownSource({ queue, redis }: ScalingWish, environment: Environment) {
  if (redis === undefined) return brokerSource(environment, queue);
  return { ...redisSource(redis, ownScaler.name, environment), passwordFile: storePasswordFile('redis') };
}

/** What an environment must have for that choice. */
export function scalingNeeds(wish: ScalingWish, environment: Environment): Contribution {
  const scaled = scaledOf(wish, environment);
  if (scaled.scaler === 'hpa')
    return { scaled: [scaled], adapterRules: compiledHpa(scaled, environment).adapterRules };
  const { source } = scaled.workload;
  const { redis } = wish;
  if (scaled.scaler === 'own') return { scaled: [scaled], ...(redis && readBy(ownScaler.name, redis)) };
  if (source.kind === 'redis' && redis !== undefined)
    return { scaled: [scaled], ...kedaInRedis(wish, redis) };
  if (source.kind !== 'management') return { scaled: [scaled] };
  const { username } = source;
  return {
    scaled: [scaled],
    connections: [
      { from: peers.everyPod(KEDA), to: broker, port: brokerEndpoint(environment).ports.management },
    ],
    // It looks at counts and touches no queue.
    brokerUsers: [{ name: username, monitors: true }],
    secrets: [{ owner: wish.self, secretName: KEDA_SECRET, keys: { password: username } }],
  };
}

/** The user that counts the jobs of a queue in Redis. */
const readBy = (name: string, { prefix: scope }: RedisQueue): Contribution => ({
  storeUsers: [{ store: 'redis', name, scope, access: 'monitor' }],
});

/** KEDA's operator in Redis: its user, its password beside the worker, and its connection. */
function kedaInRedis({ self }: ScalingWish, redis: RedisQueue): Contribution {
  const name = kedaUserOf(self);
  return {
    // KEDA asks for the length of a key by a script: it takes a list, a set, a sorted set or a hash.
    storeUsers: [{ store: 'redis', name, scope: redis.prefix, access: 'measure' }],
    connections: [storeConnection(peers.everyPod(KEDA), 'redis')],
    secrets: [
      {
        owner: self,
        secretName: KEDA_SECRET,
        keys: { password: passwordProperty({ store: 'redis', name }) },
      },
    ],
  };
}

const kedaUserOf = ({ name }: Identity): string => `${name}-keda`;

/** What Prometheus has scraped of the broker, or of the queues in Redis. */
function scrapedSource({ queue, redis }: ScalingWish, { broker: kind }: Environment): PrometheusSource {
  if (redis !== undefined) return scrapedRedisSource(redis);
  const { ready, unacked } = brokerQueues(kind);
  const labels = { namespace: broker.namespace, queue };
  return {
    kind: 'prometheus',
    url: `${PROMETHEUS.url}:${PROMETHEUS.port}`,
    readyQuery: series(ready, labels),
    unackedQuery: series(unacked, labels),
  };
}

/**
 * The broker or Redis itself, by a user of its own; only a Prometheus remembers for a latch, and a timetable reads nothing.
 * KEDA's operator believes public authorities alone, so that over TLS it too reads what Prometheus has scraped.
 */
function kedaSource(wish: ScalingWish, environment: Environment) {
  const { self, queue, redis, policy } = wish;
  const { kind } = baseOf(policy);
  if (kind === 'constant') return { kind: 'clock' } as const;
  if (kind === 'latch') return scrapedSource(wish, environment);
  if (redis !== undefined)
    return environment.storeTls === undefined
      ? redisSource(redis, kedaUserOf(self), environment)
      : scrapedSource(wish, environment);
  if (environment.brokerTls !== undefined) return scrapedSource(wish, environment);
  return { ...brokerSource(environment, queue), username: kedaUserOf(self) };
}
