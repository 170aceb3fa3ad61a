import type { Marker, Row } from '../../../charts/dashboards/dashboard.ts';
import { consumer, scaler } from '../../../packages/contracts/metrics/catalogue.ts';
import { countedIn, series, sumSeries } from '../../../packages/contracts/metrics/metric.ts';
import { WORKLOAD } from '../workload-series.ts';
import {
  countOf,
  DEPLOYMENT,
  NO_JOBS,
  namespace,
  ofLeader,
  ofWorkload,
  replicas,
  workload,
} from './queries.ts';

/** Replicas, consumers and decisions. */
export const consumers: Row = {
  title: 'Who works on it',
  panels: [
    {
      kind: 'time-series',
      title: 'Replicas',
      description:
        'What the scaler wants, what the Deployment asks for and what is available, below the maximum of the policy. A mark is a decision that changed the count.',
      noData: 'Neither the scaler nor the API server reports a count for this workload.',
      unit: 'replicas',
      width: 12,
      limits: ['maximum'],
      queries: [
        { expr: ofLeader(series(scaler.desiredReplicas, { workload })), legend: 'wanted' },
        { expr: replicas, legend: 'asked for' },
        { expr: `sum(kube_deployment_status_replicas_available${DEPLOYMENT})`, legend: 'available' },
        { expr: ofWorkload(WORKLOAD.maxReplicas), legend: 'maximum' },
      ],
    },
    {
      kind: 'time-series',
      title: 'Consumers',
      description:
        'Consumers that the broker delivers to, and jobs in work. Replicas without consumers have not started or cannot reach the broker.',
      noData: NO_JOBS,
      unit: 'count',
      width: 6,
      queries: [
        { expr: `sum(${series(consumer.consuming, { namespace })})`, legend: 'consuming' },
        { expr: `sum(${series(consumer.jobsInFlight, { namespace })})`, legend: 'jobs in work' },
        { expr: `sum(${series(consumer.jobsHeld, { namespace })})`, legend: 'jobs held' },
      ],
    },
    {
      kind: 'time-series',
      title: 'Decisions by reason',
      description: 'Decisions of the scaler in each interval, by the reason that set the count.',
      noData: "Sluice's scaler does not scale this workload.",
      unit: 'decisions',
      width: 6,
      stacked: true,
      queries: [{ expr: countOf(scaler.decisions, { workload }, 'reason'), legend: '{{reason}}' }],
    },
  ],
};

const busy = `sum(rate(${sumSeries(consumer.jobDuration, { namespace })}[$__rate_interval])) / (${replicas} > 0)`;

/** What is paid for, and how much of it works. */
export const cost: Row = {
  title: 'What it costs',
  panels: [
    {
      kind: 'stat',
      title: 'Replica hours in this time span',
      description: 'The average count of replicas times the shown time: what is paid for.',
      noData: 'Neither the scaler nor the API server reports a count for this workload.',
      unit: 'replica hours',
      width: 6,
      height: 8,
      decimals: 2,
      queries: [
        { expr: `avg_over_time((${replicas})[$__range:1m]) * $__range_s / 3600`, legend: 'replicas' },
      ],
    },
    {
      kind: 'time-series',
      title: 'Busy share of the replicas',
      description:
        'Seconds of work per second of a replica. Far below 100 % while the backlog is empty, replicas are kept that have nothing to do. A job counts when it ends: where jobs are longer than a step, the share passes 100 % for a moment.',
      noData: NO_JOBS,
      unit: 'share',
      width: 9,
      queries: [{ expr: busy, legend: 'busy' }],
    },
    {
      kind: 'time-series',
      title: 'CPU requested and used',
      description:
        'What the pods of the workload reserve, and what they use. A request that is never used pays for nothing.',
      noData: 'Neither the kubelet nor kube-state-metrics reports containers of this namespace.',
      unit: 'cores',
      width: 9,
      queries: [
        {
          expr: `sum(kube_pod_container_resource_requests{namespace="${namespace}",resource="cpu"})`,
          legend: 'requested',
        },
        {
          expr: `sum(rate(container_cpu_usage_seconds_total{namespace="${namespace}",container!=""}[$__rate_interval]))`,
          legend: 'used',
        },
      ],
    },
  ],
};

/** Reasons of decisions that keep a count as it is. */
const KEEPING = ['LatchHeldOpen', 'LatchHeldClosed', 'DrainUnconfirmed', 'MeasurementPending', 'WorkInHand'];

/** A mark at each decision that changed the count. */
export const changed: Marker = {
  name: 'Decisions of the scaler',
  expr: `sum by (workload, reason) (${countedIn(series(scaler.decisions, { workload, reason: { '!~': KEEPING.join('|') } }), '30s')}) > 0 and on (workload) changes((${ofLeader(series(scaler.desiredReplicas, { workload }))})[30s:5s]) > 0`,
  title: '{{reason}}',
  text: 'The scaler changed the count of {{workload}}.',
  color: 'purple',
};
