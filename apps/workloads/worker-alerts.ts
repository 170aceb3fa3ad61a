import { baseOf, type Policy } from '@sluice/policy';
import type { Alert, RecordingRule } from '../../charts/alerts.ts';
import { type WaitObjective, waitSecondsOf } from '../../charts/objectives.ts';
import { fromLeader } from '../../charts/scaler.ts';
import type { ScalerKind } from '../../charts/scaling.ts';
import { queueExporter, scaler } from '../../packages/contracts/metrics/catalogue.ts';
import { series } from '../../packages/contracts/metrics/metric.ts';
import { maxReplicas } from '../application.ts';
import { QUEUE_MESSAGES } from '../platform/broker-alerts.ts';
import { WORKLOAD } from '../platform/workload-series.ts';

/** A queue worker, as dashboards show it beside what is measured. */
interface RecordedWorker {
  readonly namespace: string;
  /** Its name for the scaler, in metrics and in messages. */
  readonly workload: string;
  readonly deployment: string;
  readonly queue: string;
  readonly policy: Policy;
  /** @default what its policy promises */
  readonly objective?: WaitObjective;
}

/**
 * The numbers of a policy as series: one dashboard for all workers draws the limits of each. They change in the
 * commit that changes the policy.
 */
export function workerRecords(worker: RecordedWorker): readonly RecordingRule[] {
  const { namespace, workload, deployment, queue, policy, objective } = worker;
  const base = baseOf(policy);
  const start =
    base.kind === 'latch' && 'readyAtLeast' in base.startWhen ? base.startWhen.readyAtLeast : undefined;
  const labels = { namespace, workload };
  const number = (record: string, value: number | undefined): RecordingRule[] =>
    value === undefined ? [] : [{ record, expr: `vector(${value})`, labels }];
  return [
    { record: WORKLOAD.identity, expr: 'vector(1)', labels: { ...labels, deployment, queue } },
    ...number(WORKLOAD.waitObjective, waitSecondsOf(policy, objective)),
    ...number(WORKLOAD.maxReplicas, maxReplicas(policy)),
    ...number(WORKLOAD.startBacklog, start),
  ];
}

/** What the alerts of a queue worker are made of. */
interface WatchedWorker {
  readonly namespace: string;
  /** Its name for the scaler, in metrics and in messages. */
  readonly workload: string;
  /** Its Deployment. */
  readonly deployment: string;
  /** Who owns its replica count, and so who can say what it reads. */
  readonly scaler: ScalerKind;
  /** The queue that it takes from. */
  readonly queue: string;
  /** Seconds after which its retries return. @default none: another workload brings the queue, its retries and its parked jobs */
  readonly retrySeconds?: number;
  /** Whether its queue is one of BullMQ, whose failed jobs are delayed until their next attempt and nothing else is. @default false */
  readonly delaysRetries?: boolean;
  readonly policy: Policy;
  /** What it promises. @default what its policy promises */
  readonly objective?: WaitObjective;
  /** Unacknowledged messages that one pod holds at a time. */
  readonly prefetch: number;
}

/** States of a queue worker that no count shows at once, whatever its image says of itself. */
export const workerAlerts = (worker: WatchedWorker): readonly Alert[] => [
  notConsumed(worker),
  restarts(worker),
  standsStill(worker),
  // An HPA and KEDA know counts; how old a message is, the own scaler alone.
  ...(worker.scaler === 'own' ? [older(worker)] : [metricMissing(worker)]),
  unacked(worker),
  ...(worker.retrySeconds === undefined ? [] : [retriesPileUp(worker, worker.retrySeconds), parked(worker)]),
  ...(worker.delaysRetries === true ? [delayedPileUp(worker)] : []),
];

/** By what the broker and the API server count: whoever scales the worker, and whatever language it is written in. */
function notConsumed({ namespace, workload, deployment, queue }: WatchedWorker): Alert {
  const replicas = `sum(kube_deployment_spec_replicas{namespace="${namespace}",deployment="${deployment}"})`;
  const of = (state: string): string => `${state}{queue="${queue}"}`;
  const inOrder = `${of(QUEUE_MESSAGES.ready)} == 0 or ${of(QUEUE_MESSAGES.unacked)} > 0`;
  return {
    name: 'JobsNotConsumed',
    severity: 'critical',
    // Five minutes are enough for a node and a pod to start. A queue that is gone counts no messages at all.
    expr: called(workload, `${replicas} > 0 unless on () (${inOrder})`),
    for: '5m',
    summary: '{{ $labels.workload }} is open at {{ $value }} replicas, and none of them takes a job.',
    description:
      'Jobs wait and no replica holds one: the pods do not start, cannot reach the broker, or the queue is not there.',
  };
}

const restarts = ({ namespace, workload }: WatchedWorker): Alert => ({
  name: 'ConsumersRestart',
  severity: 'warning',
  expr: `sum by (namespace) (increase(kube_pod_container_status_restarts_total{namespace="${namespace}"}[15m])) > 3`,
  for: '1m',
  summary: 'Containers of {{ $labels.namespace }} restarted {{ $value | humanize }} times in 15 minutes.',
  description:
    'A job that kills its worker, a memory limit that is too low, a probe that fails: look at the reason of the last termination.',
  labels: { workload },
});

/** The least of the last 15 minutes is no less than what there was before them, with replicas up all the while. */
function standsStill(worker: WatchedWorker): Alert {
  const { backlog, before, replicas } = worker.scaler === 'own' ? asScalerSays(worker) : asScraped(worker);
  return {
    name: 'BacklogStandsStill',
    severity: 'warning',
    expr: `(min_over_time((${backlog})[15m:1m]) >= ${before}) > 0 and on (workload) min_over_time((${replicas})[15m:1m]) > 0`,
    for: '5m',
    summary:
      'The backlog of {{ $labels.workload }} has not become less in 15 minutes: {{ $value }} messages.',
    description:
      'Replicas are up all the while: they work too slowly, hang, or fail every job, or more arrives than they can do.',
  };
}

function asScalerSays({ workload }: WatchedWorker) {
  const messages = series(scaler.backlog, { workload });
  return {
    backlog: `sum by (workload) (${fromLeader(messages)})`,
    before: `sum by (workload) (${messages} offset 15m and on (pod) (${series(scaler.leader)} offset 15m == 1))`,
    replicas: `max by (workload) (${fromLeader(series(scaler.currentReplicas, { workload }))})`,
  };
}

/** The same from metrics of the broker and the API server, where Sluice's scaler does not scale the worker. */
function asScraped({ namespace, workload, deployment, queue }: WatchedWorker) {
  const sum = (at: string): string =>
    [QUEUE_MESSAGES.ready, QUEUE_MESSAGES.unacked]
      .map((name) => `sum(${name}{queue="${queue}"}${at})`)
      .join(' + ');
  const replicas = `kube_deployment_status_replicas{namespace="${namespace}",deployment="${deployment}"}`;
  return {
    backlog: called(workload, sum('')),
    before: called(workload, sum(' offset 15m')),
    replicas: called(workload, `sum(${replicas})`),
  };
}

const called = (workload: string, expression: string): string =>
  `label_replace(${expression}, "workload", "${workload}", "", "")`;

/** What an HPA says of itself: without its metric it keeps the count. At 0 replicas it rests and says the same. */
function metricMissing({ namespace, workload, deployment, scaler: kind }: WatchedWorker): Alert {
  const name = kind === 'keda' ? `keda-hpa-${deployment}` : deployment;
  const inactive = `kube_horizontalpodautoscaler_status_condition{namespace="${namespace}",horizontalpodautoscaler="${name}",condition="ScalingActive",status="false"}`;
  const replicas = `kube_deployment_status_replicas{namespace="${namespace}",deployment="${deployment}"}`;
  return {
    name: 'ScalerReadingsFrozen',
    severity: 'critical',
    expr: called(workload, `sum(${inactive}) > 0 and sum(${replicas}) > 0`),
    for: '5m',
    summary: `The HPA '${name}' cannot read its metric.`,
    description:
      'The replica count is frozen until it can. Look at the conditions of the HPA, at the metrics adapter, and at what the metric is read from.',
    labels: { workload },
  };
}

function older({ workload, policy, objective }: WatchedWorker): Alert {
  const seconds = waitSecondsOf(policy, objective);
  const oldest = `max by (workload) (${fromLeader(series(scaler.oldestWait, { workload }))})`;
  return {
    name: 'BacklogOlderThanObjective',
    severity: 'warning',
    expr: `${oldest} > ${seconds}`,
    for: '1m',
    summary: 'The oldest message of {{ $labels.workload }} has waited {{ $value | humanizeDuration }}.',
    description: `The objective is ${seconds} s. Look at the replicas beside the backlog, at pods that do not start, and at what the jobs depend on.`,
  };
}

/** More messages than all replicas may hold: another client has them, or one never acknowledges. */
function unacked({ workload, queue, policy, prefetch }: WatchedWorker): Alert {
  const most = maxReplicas(policy) * prefetch;
  return {
    name: 'DeliveriesUnacked',
    severity: 'warning',
    expr: `${QUEUE_MESSAGES.unacked}{queue="${queue}"} > ${most}`,
    for: '10m',
    summary: '{{ $value }} messages of {{ $labels.queue }} are delivered and not acknowledged.',
    description: `All replicas together hold at most ${most}. A consumer that is none of them takes from the queue, or connections of consumers that are gone are still open.`,
    labels: { workload },
  };
}

/** More retries than that, for so long: those of one burst of failures are parked or done by then. */
const PILE = { retries: 10, retryTimes: 6, leastMinutes: 15 } as const;

function retriesPileUp({ workload, queue }: WatchedWorker, retrySeconds: number): Alert {
  const minutes = Math.max(PILE.leastMinutes, Math.ceil((PILE.retryTimes * retrySeconds) / 60));
  return {
    name: 'RetriesPileUp',
    severity: 'warning',
    expr: `${QUEUE_MESSAGES.ready}{queue="${queue}.retry"} > ${PILE.retries}`,
    for: `${minutes}m`,
    summary: '{{ $value }} failed jobs wait in {{ $labels.queue }} for their next attempt.',
    description: `There were more than ${PILE.retries} for ${minutes} minutes. Jobs fail again and again, or none returns because the policy of that queue is gone.`,
    labels: { workload },
  };
}

/** BullMQ keeps them in the queue itself, as delayed; those that failed for good are the alert of the server's queues. */
const delayedPileUp = ({ workload, queue }: WatchedWorker): Alert => ({
  name: 'RetriesPileUp',
  severity: 'warning',
  expr: `sum by (queue) (${series(queueExporter.jobs, { queue, state: 'delayed' })}) > ${PILE.retries}`,
  for: `${PILE.leastMinutes}m`,
  summary: '{{ $value }} failed jobs of {{ $labels.queue }} wait for their next attempt.',
  description: `There were more than ${PILE.retries} for ${PILE.leastMinutes} minutes. Jobs fail again and again; the log of the worker says why.`,
  labels: { workload },
});

const parked = ({ workload, queue }: WatchedWorker): Alert => ({
  name: 'JobsParked',
  severity: 'warning',
  expr: `${QUEUE_MESSAGES.ready}{queue="${queue}.parked"} > 0`,
  for: '5m',
  summary: '{{ $value }} jobs are parked in {{ $labels.queue }}.',
  description:
    'They failed every try, or were no valid job; their header x-sluice-reason says why. They stay until a person takes them.',
  labels: { workload },
});
