import type { Alert } from '../../charts/alerts.ts';
import { fromLeader } from '../../charts/scaler.ts';
import { scaler } from '../../packages/contracts/metrics/catalogue.ts';
import { countedIn, series } from '../../packages/contracts/metrics/metric.ts';

/** Changes of the wanted count to less in half an hour that no load explains. */
export const FLAPS = 12;

/** Seconds after which a replica count that was not read again counts as frozen. */
export const FROZEN_SECONDS = 60;

/** States in which replica counts do not follow the load, or follow it too often. */
export const scalerAlerts = (namespace: string): readonly Alert[] => [
  {
    name: 'ScalerReadingsFrozen',
    severity: 'critical',
    // The leader alone reads; a follower's last reading, from when it led, may be old.
    expr: `max by (workload) (${fromLeader(series(scaler.readingAge))}) > ${FROZEN_SECONDS}`,
    for: '1m',
    summary: 'No reading of {{ $labels.workload }} for {{ $value | humanizeDuration }}.',
    description: `The replica count is frozen: a missing, stale or invalid reading never changes it. Look at ${scaler.readingFailures.name} by cause.`,
  },
  {
    name: 'ScalerReadingsFail',
    severity: 'warning',
    expr: `sum by (workload, cause) (${countedIn(series(scaler.readingFailures, { namespace }), '10m')}) > 5`,
    for: '5m',
    summary: 'Readings of {{ $labels.workload }} fail: {{ $labels.cause }}.',
    description:
      'Some readings succeed, so that the replica count still follows the load, later than it should. The cause tells where to look.',
  },
  {
    name: 'ScalerWithoutLeader',
    severity: 'critical',
    expr: `absent(${series(scaler.leader, { namespace })} == 1)`,
    for: '1m',
    summary: 'No scaler holds the leader Lease.',
    description: 'No replica count changes. Look at the Lease and at the scaler pods.',
  },
  {
    name: 'ScalerCannotScale',
    severity: 'warning',
    expr: `sum by (workload, operation) (${countedIn(series(scaler.targetFailures, { namespace }), '5m')}) > 3`,
    for: '5m',
    summary: 'The scaler fails to {{ $labels.operation }} the replica count of {{ $labels.workload }}.',
    description:
      "The API server refuses or does not answer: look at the Role in the workload's namespace and at the NetworkPolicy.",
  },
  {
    name: 'ScalerFlaps',
    severity: 'warning',
    expr: `resets((max by (workload) (${fromLeader(series(scaler.desiredReplicas))}))[30m:1m]) > ${FLAPS}`,
    for: '5m',
    summary: 'The replica count of {{ $labels.workload }} was lowered {{ $value }} times in 30 minutes.',
    description:
      'Pods start and end without doing much work. Lengthen the stabilization window of the policy, or raise its mark.',
  },
];
