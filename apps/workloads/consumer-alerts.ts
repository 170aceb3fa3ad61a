import type { Alert } from '../../charts/alerts.ts';
import { fromLeader } from '../../charts/scaler.ts';
import { consumer, scaler } from '../../packages/contracts/metrics/catalogue.ts';
import { series } from '../../packages/contracts/metrics/metric.ts';

/** The identity of the consumers, and the thresholds of their alerts. */
export interface WatchedConsumer {
  readonly namespace: string;
  /** Its name in the scaler's file. */
  readonly workload: string;
  /** Seconds that the oldest message may wait. */
  readonly waitSeconds: number;
  /** The share of attempts that may fail. @default 0.1 */
  readonly failedShare?: number;
}

/** States of the work that no count and no log line shows at once, by what the consumer counts itself. */
export const consumerAlerts = (watched: WatchedConsumer): readonly Alert[] =>
  [fails, outlasts, held, deliveriesLost].map((alertOf) => alertOf(watched));

function fails({ namespace, workload, failedShare = 0.1 }: WatchedConsumer): Alert {
  const count = (selected: string): string => `sum(increase(${selected}[10m]))`;
  const attempts = count(series(consumer.jobsProcessed, { namespace }));
  const failed = count(series(consumer.jobsProcessed, { namespace, outcome: { '!=': 'succeeded' } }));
  return {
    name: 'JobsFail',
    severity: 'warning',
    expr: `${failed} / ${attempts} > ${failedShare} and ${failed} > 10`,
    for: '5m',
    summary: '{{ $value | humanizePercentage }} of the attempts of 10 minutes failed.',
    description:
      'The handler, or what it depends on, fails; each job is tried again until its attempts are used up, then parked.',
    labels: { workload },
  };
}

function outlasts({ namespace, workload, waitSeconds }: WatchedConsumer): Alert {
  const ready = `sum by (workload) (${fromLeader(series(scaler.backlog, { workload, state: 'ready' }))})`;
  const done = `sum(rate(${series(consumer.jobsProcessed, { namespace, outcome: { '!=': 'retried' } })}[5m]))`;
  return {
    name: 'DrainBeyondObjective',
    severity: 'warning',
    expr: `${ready} / on () group_left () (${done} > 0) > ${waitSeconds}`,
    for: '5m',
    summary:
      'At its current speed {{ $labels.workload }} needs {{ $value | humanizeDuration }} for what waits.',
    description: `The objective is that no message waits longer than ${waitSeconds} s. Look at the replicas, at the time that a job takes, and at the maximum of the policy.`,
  };
}

const held = ({ namespace, workload }: WatchedConsumer): Alert => ({
  name: 'JobsHeld',
  severity: 'warning',
  expr: `sum(${series(consumer.jobsHeld, { namespace })}) > 0`,
  for: '5m',
  summary: '{{ $value }} failed jobs can neither be retried nor parked.',
  description:
    'The broker does not take them: an alarm, a full or a missing queue. The consumers keep them until it does.',
  labels: { workload },
});

const deliveriesLost = ({ namespace, workload }: WatchedConsumer): Alert => ({
  name: 'DeliveriesLost',
  severity: 'warning',
  expr: `sum by (namespace) (increase(${series(consumer.jobsRedelivered, { namespace })}[15m])) > 5`,
  for: '1m',
  summary: '{{ $value | humanize }} deliveries ended without an answer in 15 minutes.',
  description:
    'Consumers, or their connections, die at work. A job that kills its worker is parked after its attempts; until then it takes others in hand with it.',
  labels: { workload },
});
