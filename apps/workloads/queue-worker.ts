import type { Policy } from '@sluice/policy';
import type { Construct } from 'constructs';
import { scaledReplicas } from '../../argocd/owned-fields.ts';
import { type Alert, Alerts } from '../../charts/alerts.ts';
import { DisruptionBudget } from '../../charts/disruption.ts';
import type { Identity } from '../../charts/labels.ts';
import { MetricsScrape } from '../../charts/monitoring.ts';
import { type WaitObjective, waitSlo } from '../../charts/objectives.ts';
import {
  credentialsMount,
  type EnvValue,
  type FileMount,
  HTTP_PORT_NAME,
  PASSWORD_FILE,
} from '../../charts/pod.ts';
import type { WorkQueue } from '../../charts/queue-topology.ts';
import { ReplicaOwner, type ScalerKind } from '../../charts/scaling.ts';
import { Worker, type WorkerProps } from '../../charts/worker.ts';
import type { Environment } from '../../environments/environment.ts';
import { RUNBOOK } from '../../environments/organization.ts';
import type { Application, Connection, Contribution, LocalProgram, WorkerPlatform } from '../application.ts';
import { maxReplicas } from '../jobs.ts';
import { brokerEndpoint } from '../platform/broker-endpoint.ts';
import { brokerCredentials, CREDENTIALS_SECRET, declareSecrets } from '../platform/credentials.ts';
import { broker, PRIORITY, scaler } from '../platform/identities.ts';
import { allowConnections, closedNamespace, lookups, scraped } from '../platform/network.ts';
import { type ScalingWish, scaledOf, scalingNeeds } from './scaling.ts';
import { workerAlerts } from './worker-alerts.ts';

type Chart = Omit<WorkerProps, keyof Identity | 'environment' | 'mounts' | 'priorityClassName'>;

/** What one queue worker is. Every property may be another in one environment. */
export interface QueueWorkerValues extends Chart {
  /** The queue that it brings with its retries and parked jobs, or the name of one that another workload brings. */
  readonly queue: WorkQueue | string;
  /** When it scales, and to what. */
  readonly policy: Policy;
  /** Who owns its replica count; a clause of the policy that it cannot keep stops synth. @default 'own' */
  readonly scaler?: ScalerKind;
  /** What its container is told. @default AMQP_URL, AMQP_USERNAME, AMQP_PASSWORD_FILE, AMQP_CA_FILE over TLS, and QUEUE */
  readonly environment?: (platform: WorkerPlatform) => Readonly<Record<string, EnvValue>>;
  /** Secrets that it also expects: name -> key -> property of its namespace's document. @default none */
  readonly secrets?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Files beside the broker's password. @default none */
  readonly mounts?: readonly FileMount[];
  /** What it connects to beside the broker. @default nothing */
  readonly connections?: readonly Pick<Connection, 'to' | 'port' | 'protocol'>[];
  /** The class of its pods: which others they may displace. @default 'low' */
  readonly priority?: keyof typeof PRIORITY;
  /** Seconds that a job takes on average, for `sluice simulate`. @default longestJobSeconds */
  readonly meanJobSeconds?: number;
  /** What `npm start -- NAME` runs in place of the image. @default none: it runs in a cluster alone */
  readonly local?: LocalProgram;
  /** How long the oldest message may wait, and how often longer. @default what its policy promises */
  readonly objective?: WaitObjective;
  /** The team that is told of its alerts. @default 'platform' */
  readonly owner?: string;
  /** Alerts beside those of every worker (`workerAlerts`). @default none */
  readonly alerts?: readonly Alert[];
}

/** What an environment wants otherwise of a worker; 'absent': it has none of it. */
export type QueueWorkerOverride = Partial<QueueWorkerValues> | 'absent';

declare module '../../environments/environment.ts' {
  interface Environment {
    /** What this environment wants otherwise of a workload, by its name. @default nothing */
    readonly workloads?: Readonly<Record<string, QueueWorkerOverride>>;
  }
}

const brokerVariables = ({ amqpUrl, username, passwordFile, caFile, queue }: WorkerPlatform) => ({
  AMQP_URL: amqpUrl,
  AMQP_USERNAME: username,
  AMQP_PASSWORD_FILE: passwordFile,
  ...(caFile !== undefined && { AMQP_CA_FILE: caFile }),
  QUEUE: queue,
});

/**
 * A workload that lives off a queue: its Deployment, identity, broker user, Secrets, NetworkPolicies at both ends,
 * scaling, budget, scrape and alerts, all from one value.
 * @param values What it is, or what it is in an environment
 */
export function queueWorker(
  name: string,
  values: QueueWorkerValues | ((environment: Environment) => QueueWorkerValues),
): Application {
  const self: Identity = { name, namespace: name, component: 'worker' };
  const valuesIn = (environment: Environment): QueueWorkerValues | undefined => {
    const override = environment.workloads?.[name];
    if (override === 'absent') return undefined;
    return { ...(typeof values === 'function' ? values(environment) : values), ...override };
  };
  return {
    name,
    parent: 'workloads',
    namespace: self.namespace,
    ownedFields: () => [scaledReplicas(self)],
    contribute: (environment) => {
      const wanted = valuesIn(environment);
      return wanted === undefined ? {} : contributionOf(self, wanted, environment);
    },
    build: (scope, environment, system) => {
      const wanted = valuesIn(environment);
      if (wanted === undefined) return;
      closedNamespace(scope, self, environment);
      declareSecrets(scope, self, environment, system);
      build(scope, self, wanted, environment);
      allowConnections(scope, self, system);
    },
  };
}

const queueOf = ({ queue }: QueueWorkerValues): string => (typeof queue === 'string' ? queue : queue.queue);

/** Two workers of one queue are two workloads of the scaler. */
const workloadOf = ({ name }: Identity, { queue }: QueueWorkerValues): string =>
  typeof queue === 'string' ? name : queue.queue;

const wishOf = (self: Identity, values: QueueWorkerValues): ScalingWish => ({
  ...{ self, name: workloadOf(self, values), queue: queueOf(values) },
  ...{ policy: values.policy, scaler: values.scaler ?? 'own' },
});

function contributionOf(self: Identity, values: QueueWorkerValues, place: Environment): Contribution {
  const { queue, connections = [], secrets = {}, http = true, policy } = values;
  const { environment = brokerVariables, stopDeadlineSeconds, longestJobSeconds, local } = values;
  const name = queueOf(values);
  const scaling = scalingNeeds(wishOf(self, values), place);
  return {
    ...scaling,
    connections: [
      { from: self, to: broker, port: brokerEndpoint(place).ports.amqp },
      ...connections.map((connection) => ({ from: self, ...connection })),
      ...lookups(self),
      ...(http ? [scraped(self)] : []),
      ...(scaling.connections ?? []),
    ],
    secrets: [
      brokerCredentials(self),
      ...Object.entries(secrets).map(([secretName, keys]) => ({ owner: self, secretName, keys })),
      ...(scaling.secrets ?? []),
    ],
    queues: typeof queue === 'string' ? [] : [queue],
    brokerUsers: [{ name: self.name, consumes: [name] }, ...(scaling.brokerUsers ?? [])],
    work: [
      {
        ...{ name: self.name, queue: name, scaled: workloadOf(self, values), policy },
        ...{ meanJobSeconds: values.meanJobSeconds ?? longestJobSeconds, stopDeadlineSeconds, environment },
        ...(local && { local }),
      },
    ],
  };
}

function build(scope: Construct, self: Identity, values: QueueWorkerValues, place: Environment): void {
  const { environment = brokerVariables, mounts = [], priority = 'low', http = true } = values;
  const {
    queue: _,
    policy,
    connections: __,
    secrets: ___,
    local: ____,
    meanJobSeconds: _____,
    scaler: ______,
    ...chart
  } = values;
  const { amqpUrl, caFile, mounts: trust } = brokerEndpoint(place);
  new Worker(scope, 'worker', {
    ...{ ...chart, ...self },
    environment: environment({
      ...{ amqpUrl, caFile, username: self.name, passwordFile: PASSWORD_FILE, queue: queueOf(values) },
    }),
    mounts: [credentialsMount(CREDENTIALS_SECRET), ...trust, ...mounts],
    priorityClassName: PRIORITY[priority],
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
  const watched = {
    ...{ namespace, workload, queue: queueOf(values), policy, objective, prefetch },
    ...{ deployment: self.name, scaler: values.scaler ?? 'own' },
    bringsQueue: typeof values.queue !== 'string',
  };
  new Alerts(scope, 'alerts', {
    ...{ ...self, workload, runbook: RUNBOOK, dependsOn: broker.name, ...(owner && { owner }) },
    alerts: [...workerAlerts(watched), ...alerts],
    // The age of the oldest message is what the own scaler alone knows.
    slos: watched.scaler === 'own' ? [waitSlo(namespace, workload, policy, objective)] : [],
  });
}
