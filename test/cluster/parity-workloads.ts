/** The work that every back-end is given: policies on one queue, and the counts that each is to reach. */
import { drain, latch, type Policy, proportional } from '@sluice/policy';
import type { KubernetesObject } from '../../packages/testbed/cluster.ts';
import { pauseImage } from '../../packages/testbed/from-source/node.ts';

export const namespace = 'parity';

/** The backlog of the queue, message counts one after the other; it begins at 0. */
export const pattern = [40, 10, 0] as const;

export interface Parity {
  readonly name: string;
  /** For people: the policy in a few words. */
  readonly says: string;
  readonly policy: Policy;
  /** The count at each backlog of the pattern. */
  readonly counts: readonly [number, number, number];
}

/** Down as fast as up: what is measured is the way from the queue to the count. */
const behavior = { scaleDown: { stabilizationWindowSeconds: 0 } };

export const workloads: readonly Parity[] = [
  {
    name: 'shared',
    says: 'proportional, 5 messages a replica, at least 1',
    policy: proportional({ perReplica: 5, minReplicas: 1, maxReplicas: 25, behavior }),
    counts: [8, 2, 1],
  },
  {
    name: 'slo',
    says: 'drain within 110 s, jobs of 25 s, start of 10 s, at least 1',
    // 40 x 25 s / (110 s - 10 s) = 10; 10 x 25 s / 100 s = 2.5
    policy: drain({
      sloSeconds: 110,
      meanServiceSeconds: 25,
      podStartSeconds: 10,
      minReplicas: 1,
      maxReplicas: 25,
      behavior,
    }),
    counts: [10, 3, 1],
  },
  {
    name: 'idle',
    says: 'proportional, 5 messages a replica, down to 0',
    policy: proportional({ perReplica: 5, maxReplicas: 25, behavior }),
    counts: [8, 2, 0],
  },
  {
    name: 'mark',
    says: 'latch, 6 replicas at 40 messages, until drained',
    policy: latch({ replicas: 6, startWhen: { readyAtLeast: 40 } }),
    counts: [6, 6, 0],
  },
];

/** A Deployment on simulated nodes: nothing runs, only the count matters. It begins where an empty queue leaves it. */
export function deploymentOf({ name, counts }: Parity): KubernetesObject {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas: counts[2],
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          nodeSelector: { type: 'kwok' },
          tolerations: [{ key: 'kwok.x-k8s.io/node', operator: 'Exists' }],
          terminationGracePeriodSeconds: 0,
          containers: [{ name: 'pause', image: pauseImage }],
        },
      },
    },
  };
}
