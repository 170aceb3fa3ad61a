import type { Alert } from '../charts/alerts.ts';
import type { Canary } from '../charts/canary.ts';
import { api } from './platform/identities.ts';

/** What a new version of the web service must show on a fifth of the requests, and then on half of them. */
export const release = {
  weights: [20, 50],
  bounds: { successRatio: 0.99, p99Seconds: 0.25, minRequestsPerSecond: 0.5, windowSeconds: 60 },
} as const satisfies Omit<Canary, 'router'>;

/** Whoever scrapes it, the label `namespace` may be the controller's own: the Rollout's name tells. */
const phase = (phases: string): string => `rollout_info{name="${api.name}",phase=~"${phases}"} == 1`;

/** What nobody would see who does not look: a release never ends by waiting. */
export const releaseAlerts: readonly Alert[] = [
  {
    name: 'ReleaseWaits',
    severity: 'warning',
    // A step waits for a minute.
    expr: phase('Paused'),
    for: '10m',
    summary: 'A release of {{ $labels.name }} waits for a person.',
    description:
      'Too few requests tell whether the new version is good. It keeps its share of them: promote it, or abort it.',
  },
  {
    name: 'ReleaseFailed',
    severity: 'warning',
    expr: phase('Abort|Error|InvalidSpec|Timeout'),
    for: '5m',
    summary: 'A release of {{ $labels.name }} has ended as {{ $labels.phase }}.',
    description:
      'The old version has all requests. What is in git is not what runs: revert the commit, or mend it.',
  },
];
