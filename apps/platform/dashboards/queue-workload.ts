import type { DashboardSpec, Row, Variable } from '../../../charts/dashboards/dashboard.ts';
import { consumer, scaler } from '../../../packages/contracts/metrics/catalogue.ts';
import { series } from '../../../packages/contracts/metrics/metric.ts';
import { QUEUE_MESSAGES } from '../broker-alerts.ts';
import { WORKLOAD } from '../workload-series.ts';
import { jobColors } from './colors.ts';
import {
  done,
  limit,
  NO_JOBS,
  namespace,
  objective,
  ofLeader,
  ofWorkload,
  oldest,
  quantileOf,
  rateOf,
  ready,
  unacked,
  workload,
} from './queries.ts';
import { changed, consumers, cost } from './queue-workers.ts';

const VARIABLES: readonly Variable[] = [
  { name: 'workload', label: 'Workload', of: { series: WORKLOAD.identity, label: 'workload' } },
  ...(['namespace', 'deployment', 'queue'] as const).map(
    (name): Variable => ({
      ...{ name, label: name, choice: 'hidden' },
      of: { series: `${WORKLOAD.identity}{workload="$workload"}`, label: name },
    }),
  ),
];

const toDrain = `${ready} / (${done} > 0)`;

/** The scaler alone knows an age, and only while it knows it. */
const NO_AGE =
  "No age is known: nothing waits, the broker reports none, or another autoscaler than Sluice's owns the count.";
const NO_RULES = 'The rules of the workload are not loaded: look at its PrometheusRule.';

const promises: Row = {
  title: 'Does it keep its objective?',
  panels: [
    {
      kind: 'stat',
      title: 'Share of the objective used',
      description:
        'The age of the oldest message as a share of what it may wait. Above 100 % the objective is missed.',
      noData: NO_AGE,
      unit: 'share',
      width: 6,
      marks: [
        { from: 0.5, color: 'yellow' },
        { from: 1, color: 'red' },
      ],
      queries: [{ expr: `${oldest} / ${objective}`, legend: 'used' }],
    },
    {
      kind: 'stat',
      title: 'Kept in this time span',
      description: 'The share of the shown time in which no message waited longer than the objective.',
      noData: NO_RULES,
      unit: 'share',
      width: 6,
      decimals: 2,
      queries: [
        {
          expr: `1 - avg(avg_over_time(${ofWorkload('workload:oldest_wait_late:bool')}[$__range]))`,
          legend: 'kept',
        },
      ],
    },
    {
      kind: 'stat',
      title: 'Time to drain now',
      description: 'What waits, divided by the jobs that end per second at the moment.',
      noData: 'Nothing ends at the moment, so no time follows from the speed.',
      unit: 'seconds',
      width: 6,
      queries: [{ expr: toDrain, legend: 'to drain' }],
    },
    {
      kind: 'stat',
      title: 'Parked jobs',
      description:
        'Jobs that failed every attempt or were no valid job. They stay until a person takes them.',
      noData: 'The broker reports no parking queue for this workload.',
      unit: 'jobs',
      width: 6,
      marks: [{ from: 1, color: 'orange' }],
      queries: [{ expr: `max(${QUEUE_MESSAGES.ready}{queue="$queue.parked"})`, legend: 'parked' }],
    },
    {
      kind: 'time-series',
      title: 'Age of the oldest message',
      description:
        'How long the oldest ready message has waited, beside what the policy promises. Look at the replicas when it rises, and at pods that do not start.',
      noData: NO_AGE,
      unit: 'seconds',
      width: 12,
      limits: ['objective'],
      queries: [{ expr: oldest, legend: 'oldest message' }, limit],
    },
    {
      kind: 'time-series',
      title: 'Time to drain',
      description:
        'Ready messages divided by the jobs that end per second. Above the objective, what arrives now will miss it at this speed.',
      noData: NO_JOBS,
      unit: 'seconds',
      width: 12,
      limits: ['objective'],
      queries: [{ expr: toDrain, legend: 'time to drain' }, limit],
    },
  ],
};

const flow: Row = {
  title: 'What waits and what flows',
  panels: [
    {
      kind: 'time-series',
      title: 'Backlog',
      description: 'Messages that wait and messages in work, beside the mark at which a latch opens.',
      noData: 'The broker reports no such queue: look at the dashboard of the broker.',
      unit: 'messages',
      limits: ['opens at'],
      queries: [
        { expr: ready, legend: 'ready' },
        { expr: unacked, legend: 'in work' },
        { expr: ofWorkload(WORKLOAD.startBacklog), legend: 'opens at' },
      ],
    },
    {
      kind: 'time-series',
      title: 'Arrived and done',
      description:
        'Messages that arrive and jobs that end per second. Where the scaler measures no arrivals, they follow from the change of the backlog.',
      noData: NO_JOBS,
      unit: 'jobs/s',
      queries: [
        {
          expr: `${ofLeader(series(scaler.arrivals, { workload }))} or clamp_min(${done} + sum(deriv(${QUEUE_MESSAGES.ready}{queue="$queue"}[$__rate_interval])) + sum(deriv(${QUEUE_MESSAGES.unacked}{queue="$queue"}[$__rate_interval])), 0)`,
          legend: 'arrived',
        },
        { expr: done, legend: 'done' },
      ],
    },
    {
      kind: 'time-series',
      title: 'Attempts by outcome',
      description:
        'How attempts end. A share of retried or parked ones points at the handler or at what it depends on.',
      noData: NO_JOBS,
      unit: 'jobs/s',
      stacked: true,
      queries: [{ expr: rateOf(consumer.jobsProcessed, { namespace }, 'outcome'), legend: '{{outcome}}' }],
      colors: jobColors,
    },
    {
      kind: 'time-series',
      title: 'Wait of the jobs that began',
      description: 'From publishing to the start of an attempt, as the consumers measure it.',
      noData: NO_JOBS,
      unit: 'seconds',
      limits: ['objective'],
      queries: [
        { expr: quantileOf(0.5, consumer.jobWait, { namespace }), legend: 'median' },
        { expr: quantileOf(0.99, consumer.jobWait, { namespace }), legend: '99th percentile' },
        limit,
      ],
    },
    {
      kind: 'time-series',
      title: 'Duration of an attempt',
      description: 'How long an attempt takes. The policy and the capacity of a replica follow from it.',
      noData: NO_JOBS,
      unit: 'seconds',
      queries: [
        { expr: quantileOf(0.5, consumer.jobDuration, { namespace }), legend: 'median' },
        { expr: quantileOf(0.99, consumer.jobDuration, { namespace }), legend: '99th percentile' },
      ],
    },
    {
      kind: 'time-series',
      title: 'Jobs that need attention',
      description:
        'Jobs that were parked, delivered again without an answer, or could not be published to a retry or parking queue, per minute.',
      noData: NO_JOBS,
      unit: 'failures/min',
      axisSoftMax: 1,
      queries: [
        {
          expr: `60 * ${rateOf(consumer.jobsParked, { namespace }, 'reason')}`,
          legend: 'parked: {{reason}}',
        },
        { expr: `60 * ${rateOf(consumer.jobsRedelivered, { namespace })}`, legend: 'delivered again' },
        { expr: `60 * ${rateOf(consumer.jobsNotRepublished, { namespace })}`, legend: 'not republished' },
      ],
    },
  ],
};

/** One queue worker: its promise first, then what explains it. */
export const queueWorkload: DashboardSpec = {
  name: 'queue-workload',
  title: 'Queue workload',
  description:
    'Is the oldest message young enough, and if not, why: backlog, flow, consumers, replicas, cost.',
  variables: VARIABLES,
  markers: [changed],
  rows: [promises, flow, consumers, cost],
};
