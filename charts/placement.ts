import type { k8s } from 'cdk8s-plus-27';
import { Checks } from '../packages/contracts/checks.ts';
import type { Identity } from './labels.ts';
import { spreadEvenly } from './pod.ts';

/** A pod that would break the spread waits, where by default it joins another. */
export interface StrictSpread {
  /** Nodes, or zones, that there are at least. */
  readonly domains: number;
  /** Pods by which two of them may differ. @default 1 */
  readonly maxSkew?: number;
  /** As long as there are fewer domains, none takes more than `maxSkew` pods. @default 1: one is enough */
  readonly minDomains?: number;
}

/** Where the pods of a workload may run, and how they spread over zones and nodes. */
export interface Placement {
  /** The most pods it ever has, those of a rollout's surge included. */
  readonly maxPods: number;
  /** @default apart where there is room */
  readonly overNodes?: StrictSpread;
  /** @default apart where there is room */
  readonly overZones?: StrictSpread;
  /** Rather on nodes with at least so many CPUs: one large pod or many, none is squeezed. @default any node */
  readonly minNodeCpus?: number;
}

/** Karpenter's label with a node's CPUs. @see https://karpenter.sh/docs/concepts/scheduling/#well-known-labels */
const NODE_CPUS = 'karpenter.k8s.aws/instance-cpu';

/**
 * Where the pods of a workload go: the placement half of a pod's spec.
 * @throws {ChartError} with every fault: a spread that cannot be met leaves pods waiting forever
 */
export function placed(self: Identity, placement: Placement) {
  check(self, placement);
  const { overNodes, overZones, minNodeCpus } = placement;
  const [nodes, zones] = spreadEvenly(self);
  return {
    topologySpreadConstraints: [requireSpread(nodes, overNodes), requireSpread(zones, overZones)].flat(),
    ...(minNodeCpus !== undefined && { affinity: { nodeAffinity: largerNodes(minNodeCpus) } }),
  };
}

function requireSpread(
  soft?: k8s.TopologySpreadConstraint,
  strict?: StrictSpread,
): k8s.TopologySpreadConstraint[] {
  if (soft === undefined || strict === undefined) return soft === undefined ? [] : [soft];
  const { maxSkew = 1, minDomains } = strict;
  return [
    {
      ...soft,
      maxSkew,
      whenUnsatisfiable: 'DoNotSchedule',
      ...(minDomains !== undefined && { minDomains }),
    },
  ];
}

/** A preference: where no node has the label, or none is as large, any other node is accepted. */
const largerNodes = (cpus: number): k8s.NodeAffinity => ({
  preferredDuringSchedulingIgnoredDuringExecution: [
    {
      weight: 100,
      preference: { matchExpressions: [{ key: NODE_CPUS, operator: 'Gt', values: [String(cpus - 1)] }] },
    },
  ],
});

function check({ name }: Identity, placement: Placement): void {
  const { maxPods, overNodes, overZones, minNodeCpus = 1 } = placement;
  const checks = new Checks(`Placement '${name}'`)
    .wholeNumber('maxPods', maxPods, 1)
    .wholeNumber('minNodeCpus', minNodeCpus, 1);
  if (overNodes) checkSpread('overNodes', overNodes, maxPods, checks);
  if (overZones) checkSpread('overZones', overZones, maxPods, checks);
  checks.done();
}

/**
 * With fewer domains than `minDomains` the scheduler takes the emptiest as empty, so that each holds at most
 * `maxSkew`: 2 zones x 1 = 2 pods, and the third waits.
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/#spread-constraint-definition
 */
function checkSpread(property: string, strict: StrictSpread, maxPods: number, checks: Checks): void {
  const { domains, maxSkew = 1, minDomains = 1 } = strict;
  checks
    .wholeNumber(`${property}.domains`, domains, 1)
    .wholeNumber(`${property}.maxSkew`, maxSkew, 1)
    .wholeNumber(`${property}.minDomains`, minDomains, 1)
    .that(
      domains >= minDomains || domains * maxSkew >= maxPods,
      `'${property}' cannot be met: with 'domains' (${domains}) below 'minDomains' (${minDomains}) each holds at most 'maxSkew' (${maxSkew}), so ${domains * maxSkew} of 'maxPods' (${maxPods}) fit and the others stay Pending`,
    );
}
