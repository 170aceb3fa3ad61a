import type { Alert } from '../../charts/monitoring.ts';

/** What the scaler that leads says: a follower repeats what it knew when it led. */
export const leading = (series: string): string => `(${series} and on (pod) (sluice_scaler_leader == 1))`;

/**
 * States of a queue worker that no count shows at once, whatever its image says of itself.
 * @param workload Its name in the scaler's file
 */
export const workerAlerts = (namespace: string, workload: string): readonly Alert[] => [
  {
    name: 'ConsumersRestart',
    severity: 'warning',
    expr: `sum by (namespace) (increase(kube_pod_container_status_restarts_total{namespace="${namespace}"}[15m])) > 3`,
    for: '1m',
    summary: 'Containers of {{ $labels.namespace }} restarted {{ $value | humanize }} times in 15 minutes.',
    description:
      'A job that kills its worker, a memory limit that is too low, a probe that fails: look at the reason of the last termination.',
  },
  {
    name: 'BacklogStandsStill',
    severity: 'warning',
    expr: standsStill(workload),
    for: '5m',
    summary:
      'The backlog of {{ $labels.workload }} has not become less in 15 minutes: {{ $value }} messages.',
    description:
      'Replicas are up all the while: they work too slowly, hang, or fail every job, or more arrives than they can do.',
  },
];

/** The least of the last 15 minutes is no less than what there was before them, with replicas up all the while. */
function standsStill(workload: string): string {
  const backlog = `sum by (workload) ${leading(`sluice_scaler_backlog{workload="${workload}"}`)}`;
  const replicas = `max by (workload) ${leading(`sluice_scaler_current_replicas{workload="${workload}"}`)}`;
  const before = `sum by (workload) (sluice_scaler_backlog{workload="${workload}"} offset 15m and on (pod) (sluice_scaler_leader offset 15m == 1))`;
  return `(min_over_time((${backlog})[15m:1m]) >= ${before}) > 0 and on (workload) min_over_time((${replicas})[15m:1m]) > 0`;
}
