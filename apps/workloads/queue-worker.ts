import type { Policy } from '@sluice/policy';
import type { Construct } from 'constructs';
import { scaledReplicas } from '../../argocd/source.ts';
import { Alerts } from '../../charts/alerts.ts';
import { DisruptionBudget } from '../../charts/disruption.ts';
import type { Identity } from '../../charts/labels.ts';
import { MetricsScrape } from '../../charts/monitoring.ts';
import { type WaitObjective, waitSlo } from '../../charts/objectives.ts';
import { type EnvValue, HTTP_PORT_NAME, PASSWORD_FILE } from '../../charts/pod.ts';
import type { WorkQueue } from '../../charts/queue-topology.ts';
import { ReplicaOwner, type ScalerKind } from '../../charts/scaling.ts';
import { Worker, type WorkerProps } from '../../charts/worker.ts';
import type { Environment } from '../../environments/environment.ts';
import { RUNBOOK } from '../../environments/organization.ts';
import { type Contribution, type LocalProgram, maxReplicas, type WorkerPlatform } from '../application.ts';
import { brokerEndpoint } from '../platform/broker-endpoint.ts';
import { broker, PRIORITY, scaler } from '../platform/identities.ts';
import { scraped } from '../platform/network.ts';
import { type RedisQueue, redisQueueName, STORES } from '../platform/stores.ts';
import {
  brokerVariables,
  type CommonValues,
  chartOf,
  commonContribution,
  mountsOf,
  storeVariablesOf,
} from './common.ts';
import { type ScalingWish, scaledOf, scalingNeeds } from './scaling.ts';
import { workerAlerts, workerRecords } from './worker-alerts.ts';
import { type Factory, factoryOf, type Kind } from './workload.ts';

type Chart = Omit<WorkerProps, keyof Identity | 'environment' | 'mounts' | 'priorityClassName'>;

/** What one queue worker is. Every property may be another in one environment. */
export interface QueueWorkerValues extends Chart, CommonValues {
  /**
   * The queue that it brings with its retries and parked jobs, the name of one that another workload brings, or a
   * queue of BullMQ in the environment's Redis: then it has an account there and none at the broker.
   */
  readonly queue: WorkQueue | RedisQueue | string;
  /** When it scales, and to what. */
  readonly policy: Policy;
  /** Who owns its replica count; a clause of the policy that it cannot keep stops synth. @default 'own' */
  readonly scaler?: ScalerKind;
  /** Variables of its container. @default AMQP_URL, AMQP_USERNAME, AMQP_PASSWORD_FILE, AMQP_CA_FILE over TLS, and QUEUE; for a queue in Redis REDIS_URL, REDIS_USERNAME, REDIS_PASSWORD_FILE, QUEUE_PREFIX and QUEUE, which are there in any case */
  readonly environment?: (platform: WorkerPlatform) => Readonly<Record<string, EnvValue>>;
  /** Seconds that a job takes on average, for `sluice simulate`. @default longestJobSeconds */
  readonly meanJobSeconds?: number;
  /** What `npm start -- NAME` runs in place of the image. @default none: it runs in a cluster alone */
  readonly local?: LocalProgram;
  /** How long the oldest message may wait, and how often longer. @default what its policy promises */
  readonly objective?: WaitObjective;
}

const redisOf = ({ queue }: QueueWorkerValues): RedisQueue | undefined =>
  typeof queue !== 'string' && 'prefix' in queue ? queue : undefined;

/** The queue that it brings to the broker. */
const broughtBy = ({ queue }: QueueWorkerValues): WorkQueue | undefined =>
  typeof queue !== 'string' && 'retrySeconds' in queue ? queue : undefined;

function queueOf(values: QueueWorkerValues): string {
  const { queue } = values;
  if (typeof queue === 'string') return queue;
  return 'prefix' in queue ? redisQueueName(queue) : queue.queue;
}

/** Two workers of one queue are two workloads of the scaler. */
const workloadOf = ({ name }: Identity, values: QueueWorkerValues): string =>
  broughtBy(values)?.queue ?? name;

/** With the account in Redis that a queue there needs. */
function withAccount(values: QueueWorkerValues): QueueWorkerValues {
  const redis = redisOf(values);
  if (redis === undefined) return values;
  const { stores = [] } = values;
  return { ...values, stores: [{ store: 'redis', scope: redis.prefix, access: 'write' }, ...stores] };
}

/** The variables of its container, whatever its queue is. */
const variablesOf =
  (self: Identity, values: QueueWorkerValues, place: Environment) =>
  (platform: WorkerPlatform): Readonly<Record<string, EnvValue>> => {
    const redis = redisOf(values);
    const { environment = redis === undefined ? brokerVariables : () => ({}) } = values;
    return {
      ...storeVariablesOf(self, values, place),
      ...(redis && { QUEUE_PREFIX: redis.prefix, QUEUE: redis.queue }),
      ...environment(platform),
    };
  };

const wishOf = (self: Identity, values: QueueWorkerValues): ScalingWish => ({
  ...{ self, name: workloadOf(self, values), queue: queueOf(values), redis: redisOf(values) },
  ...{ policy: values.policy, scaler: values.scaler ?? 'own' },
});

function contributionOf(self: Identity, given: QueueWorkerValues, place: Environment): Contribution {
  const values = withAccount(given);
  const { http = true, port, policy, stopDeadlineSeconds, longestJobSeconds, local } = values;
  const name = queueOf(values);
  const brought = broughtBy(values);
  const common = commonContribution(self, values, redisOf(values) ? undefined : { consumes: [name] }, place);
  const scaling = scalingNeeds(wishOf(self, values), place);
  return {
    ...scaling,
    connections: [
      ...common.connections,
      ...(http ? [scraped(self, port)] : []),
      ...(scaling.connections ?? []),
    ],
    secrets: [...common.secrets, ...(scaling.secrets ?? [])],
    queues: brought === undefined ? [] : [brought],
    brokerUsers: [...common.brokerUsers, ...(scaling.brokerUsers ?? [])],
    storeUsers: [...common.storeUsers, ...(scaling.storeUsers ?? [])],
    work: [
      {
        ...{ name: self.name, queue: name, scaled: workloadOf(self, values), policy },
        ...{ meanJobSeconds: values.meanJobSeconds ?? longestJobSeconds, stopDeadlineSeconds },
        environment: variablesOf(self, values, place),
        ...(local && { local }),
      },
    ],
  };
}

function build(scope: Construct, self: Identity, given: QueueWorkerValues, place: Environment): void {
  const values = withAccount(given);
  const { priority = 'low', http = true, policy } = values;
  const { queue: _, policy: __, local: ___, meanJobSeconds: ____, ...rest } = chartOf(values);
  const { objective: _____, scaler: ______, ...chart } = rest;
  const { amqpUrl, caFile } = brokerEndpoint(place);
  new Worker(scope, 'worker', {
    ...{
      ...chart,
      ...self,
      mounts: mountsOf(values, redisOf(values) === undefined, place),
      priorityClassName: PRIORITY[priority],
    },
    environment: variablesOf(
      self,
      values,
      place,
    )({
      ...{ amqpUrl, caFile, username: self.name, passwordFile: PASSWORD_FILE, queue: queueOf(values) },
    }),
  });
  new ReplicaOwner(scope, 'scaling', {
    ...{ ...self, kubernetes: place.kubernetes, scaled: scaledOf(wishOf(self, values), place) },
    ownScaler: { serviceAccount: scaler.name, namespace: scaler.namespace },
  });
  const most = maxReplicas(policy);
  // A budget for a single pod would block every drain or protect nothing.
  if (most > 1) new DisruptionBudget(scope, 'budget', { ...self, maxReplicas: most, maxUnavailable: '25%' });
  if (http) new MetricsScrape(scope, 'scrape', { ...self, endpoints: [{ port: HTTP_PORT_NAME }] });
  watch(scope, self, values);
}

function watch(scope: Construct, self: Identity, values: QueueWorkerValues): void {
  const { policy, objective = {}, owner, alerts = [], prefetch = 1 } = values;
  const { namespace } = self;
  const workload = workloadOf(self, values);
  const brought = broughtBy(values);
  const redis = redisOf(values);
  const watched = {
    ...{ namespace, workload, queue: queueOf(values), policy, objective, prefetch },
    ...{ deployment: self.name, scaler: values.scaler ?? 'own' },
    ...(brought !== undefined && { retrySeconds: brought.retrySeconds }),
    delaysRetries: redis !== undefined && redis.schedulesJobs !== true,
  };
  new Alerts(scope, 'alerts', {
    ...{
      ...self,
      workload,
      runbook: RUNBOOK,
      dashboard: 'queue-workload',
      dependsOn: redis === undefined ? broker.name : STORES.redis.identity.name,
      ...(owner && { owner }),
    },
    alerts: [...workerAlerts(watched), ...alerts],
    records: workerRecords(watched),
    // The age of the oldest message is what the own scaler alone knows.
    slos: watched.scaler === 'own' ? [waitSlo(namespace, workload, policy, objective)] : [],
  });
}

const kind: Kind<QueueWorkerValues> = {
  component: () => 'worker',
  ownedFields: (self) => [scaledReplicas(self)],
  contribute: contributionOf,
  build,
};

/**
 * A workload that lives off a queue: its Deployment, identity, broker user, Secrets, NetworkPolicies at both ends,
 * scaling, budget, scrape and alerts, all from one value.
 */
export const queueWorker: Factory<QueueWorkerValues> = factoryOf(kind);
