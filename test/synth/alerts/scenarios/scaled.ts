import type { AlertRule } from '../rules.ts';
import type { Scenario } from '../scenario.ts';
import { selected, workloadOf } from './queue.ts';

const replicas = (rule: AlertRule): string =>
  `kube_deployment_status_replicas{namespace="${selected(rule, 'namespace')}",deployment="${selected(rule, 'deployment')}"}`;

/** Alerts of a queue worker that an HPA or KEDA scales: those that read other series than the same ones of Sluice's scaler. */
export const scaledScenarios: Readonly<Record<string, (rule: AlertRule) => Scenario>> = {
  BacklogStandsStill: (rule) => {
    const [workload, queue] = [workloadOf(rule), selected(rule, 'queue')];
    return {
      series: {
        // It grows and shrinks: less than before within 15 minutes.
        [`queue:messages_ready:max{queue="${queue}"}`]: {
          ...{ well: 0, tolerated: (minute: number) => 100 - (minute % 10), wrong: 100 },
        },
        [`queue:messages_unacked:max{queue="${queue}"}`]: { well: 0, tolerated: 25, wrong: 25 },
        [replicas(rule)]: { well: 1, tolerated: 8, wrong: 8 },
      },
      fires: [
        {
          labels: { workload },
          summary: `The backlog of ${workload} has not become less in 15 minutes: 125 messages.`,
        },
      ],
      within: 36,
    };
  },
  ScalerReadingsFrozen: (rule) => {
    const hpa = selected(rule, 'horizontalpodautoscaler');
    const condition = `kube_horizontalpodautoscaler_status_condition{namespace="${selected(rule, 'namespace')}",horizontalpodautoscaler="${hpa}",condition="ScalingActive",status="false"}`;
    return {
      series: {
        // At 0 replicas an HPA says the same of itself.
        [condition]: { well: 0, tolerated: 1, wrong: 1 },
        [replicas(rule)]: { well: 3, tolerated: 0, wrong: 3 },
      },
      fires: [{ summary: `The HPA '${hpa}' cannot read its metric.` }],
    };
  },
};
