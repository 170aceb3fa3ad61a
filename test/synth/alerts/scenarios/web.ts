import type { AlertRule } from '../rules.ts';
import type { Scenario } from '../scenario.ts';

const phase = (name: string): string => `rollout_info{name="api",exported_namespace="api",phase="${name}"}`;

/** Alerts of web services and their releases. */
export const webScenarios: Readonly<Record<string, (rule: AlertRule) => Scenario>> = {
  ReleaseWaits: () => ({
    series: {
      [phase('Healthy')]: { well: 1, tolerated: (minute) => (minute > 25 ? 1 : null), wrong: null },
      // A step of a release pauses for a minute.
      [phase('Paused')]: { well: null, tolerated: (minute) => (minute > 25 ? null : 1), wrong: 1 },
    },
    fires: [
      {
        labels: { name: 'api', exported_namespace: 'api', phase: 'Paused' },
        summary: 'A release of api waits for a person.',
      },
    ],
  }),
  ReleaseFailed: () => ({
    series: {
      [phase('Progressing')]: { well: null, tolerated: 1, wrong: null },
      [phase('Abort')]: { well: null, wrong: 1 },
    },
    fires: [
      {
        labels: { name: 'api', exported_namespace: 'api', phase: 'Abort' },
        summary: 'A release of api has ended as Abort.',
      },
    ],
  }),
};
