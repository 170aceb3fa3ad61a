import type { Alert } from '../../charts/monitoring.ts';
import { leading } from './worker-alerts.ts';

const OURS = 'namespace="consumer"';

/** States of the work that no count and no log line shows at once, by what the consumer counts itself. */
export const consumerAlerts = (queue: string): readonly Alert[] => [
  {
    name: 'JobsNotConsumed',
    severity: 'critical',
    // Five minutes are enough for a node and a pod to start.
    expr: `max by (workload) ${leading(`sluice_scaler_current_replicas{workload="${queue}"}`)} > 0 unless on () (sum(consumer_consuming{${OURS}}) > 0)`,
    for: '5m',
    summary: '{{ $labels.workload }} is open at {{ $value }} replicas, and none of them consumes.',
    description:
      'The pods do not start, cannot reach the broker, or the queue is not there: look at consumer_topology_missing and at the log.',
  },
  {
    name: 'JobsRetried',
    severity: 'warning',
    expr: `sum(increase(jobs_processed_total{${OURS},outcome="retried"}[10m])) > 10 and sum(increase(jobs_processed_total{${OURS},outcome="retried"}[10m])) > sum(increase(jobs_processed_total{${OURS},outcome="succeeded"}[10m]))`,
    for: '5m',
    summary: '{{ $value | humanize }} attempts failed within 10 minutes, more than succeeded.',
    description:
      'The handler, or what it depends on, fails; each job is tried again until its attempts are used up, then parked.',
  },
  {
    name: 'JobsHeld',
    severity: 'warning',
    expr: `sum(jobs_held{${OURS}}) > 0`,
    for: '5m',
    summary: '{{ $value }} failed jobs can neither be retried nor parked.',
    description:
      'The broker does not take them: an alarm, a full or a missing queue. The consumers keep them until it does.',
  },
  {
    name: 'DeliveriesLost',
    severity: 'warning',
    expr: `sum by (namespace) (increase(jobs_redelivered_total{${OURS}}[15m])) > 5`,
    for: '1m',
    summary: '{{ $value | humanize }} deliveries ended without an answer in 15 minutes.',
    description:
      'Consumers, or their connections, die at work. A job that kills its worker is parked after its attempts; until then it takes others in hand with it.',
  },
];
