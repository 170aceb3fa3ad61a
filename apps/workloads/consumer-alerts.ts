import type { Alert } from '../../charts/monitoring.ts';

/** What the scaler that leads says: a follower repeats what it knew when it led. */
const leading = (series: string): string => `(${series} and on (pod) (sluice_scaler_leader == 1))`;

const OURS = 'namespace="consumer"';

/** States of the work that no count and no log line shows at once. */
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
    name: 'ConsumersRestart',
    severity: 'warning',
    expr: `sum by (namespace) (increase(kube_pod_container_status_restarts_total{${OURS}}[15m])) > 3 or sum by (namespace) (increase(jobs_redelivered_total{${OURS}}[15m])) > 5`,
    for: '1m',
    summary: 'Consumers die at work: {{ $value | humanize }} restarts or lost deliveries in 15 minutes.',
    description:
      'A job that kills its worker is parked after its attempts; until then it takes others in hand with it. Look at the reason of the last termination.',
  },
  {
    name: 'BacklogStandsStill',
    severity: 'warning',
    expr: standsStill(queue),
    for: '5m',
    summary:
      'The backlog of {{ $labels.workload }} has not become less in 15 minutes: {{ $value }} messages.',
    description:
      'Replicas are up all the while: they work too slowly, hang, or fail every job, or more arrives than they can do.',
  },
];

/** The least of the last 15 minutes is no less than what there was before them, with replicas up all the while. */
function standsStill(queue: string): string {
  const backlog = `sum by (workload) ${leading(`sluice_scaler_backlog{workload="${queue}"}`)}`;
  const replicas = `max by (workload) ${leading(`sluice_scaler_current_replicas{workload="${queue}"}`)}`;
  const before = `sum by (workload) (sluice_scaler_backlog{workload="${queue}"} offset 15m and on (pod) (sluice_scaler_leader offset 15m == 1))`;
  return `(min_over_time((${backlog})[15m:1m]) >= ${before}) > 0 and on (workload) min_over_time((${replicas})[15m:1m]) > 0`;
}
