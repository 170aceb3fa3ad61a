import type { Alert } from '../../charts/alerts.ts';

/** The label `namespace` may be the controller's own, depending on the scrape: the Rollout's name identifies it. */
const phase = (name: string, phases: string): string =>
  `rollout_info{name="${name}",phase=~"${phases}"} == 1`;

/** States of a release that no request shows: it never ends by waiting. @param name The Rollout's */
export const releaseAlerts = (name: string): readonly Alert[] => [
  {
    name: 'ReleaseWaits',
    severity: 'warning',
    // A step waits for a minute.
    expr: phase(name, 'Paused'),
    for: '10m',
    summary: 'A release of {{ $labels.name }} waits for a person.',
    description:
      'Too few requests tell whether the new version is good. It keeps its share of them: promote it, or abort it.',
  },
  {
    name: 'ReleaseFailed',
    severity: 'warning',
    expr: phase(name, 'Abort|Error|InvalidSpec|Timeout'),
    for: '5m',
    summary: 'A release of {{ $labels.name }} has ended as {{ $labels.phase }}.',
    description:
      'The old version has all requests. What is in git is not what runs: revert the commit, or fix it.',
  },
];
