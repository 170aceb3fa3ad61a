/**
 * Which pods go first on a full node, by priority, that no workload ranks above one that it needs, and how many pods of a
 * workload a drain may take at a time, by a budget.
 */
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import { clusterLabels, type Identity, metadataOf, selectorOf } from './labels.ts';

/** What a PriorityClass is made of. */
export interface PriorityProps {
  readonly name: string;
  /** Higher is scheduled first and evicted last; Kubernetes keeps more than 1,000,000,000 for itself. */
  readonly value: number;
  /** What it is for. */
  readonly description: string;
  /** Whether its pods may displace others. @default true */
  readonly preempts?: boolean;
}

/**
 * A PriorityClass: how early its pods are scheduled, and how late they are evicted.
 * @throws {ChartError} with every fault of the props
 */
export class Priority extends Construct {
  constructor(scope: Construct, id: string, props: PriorityProps) {
    super(scope, id);
    checkPriority(props);
    new k8s.KubePriorityClass(this, 'class', {
      metadata: { name: props.name, labels: { ...clusterLabels } },
      value: props.value,
      description: props.description,
      globalDefault: false,
      preemptionPolicy: (props.preempts ?? true) ? 'PreemptLowerPriority' : 'Never',
    });
  }
}

function checkPriority({ name, value }: PriorityProps): void {
  new Checks(`Priority '${name}'`)
    .dnsLabel('name', name)
    .that(
      !name.startsWith('system-'),
      `'name' (${name}) must not begin with system-: those are Kubernetes' own`,
    )
    .that(
      Number.isSafeInteger(value) && Math.abs(value) <= 1_000_000_000,
      `'value' (${value}) must be a whole number of at most 1000000000`,
    )
    .done();
}

/** A workload as the scheduler ranks it. */
export interface Ranked {
  readonly name: string;
  readonly className: string;
  /** The value of its class. */
  readonly value: number;
}

/** One cannot do without the other. */
export interface Dependency {
  readonly from: Ranked;
  readonly on: Ranked;
}

/**
 * No workload may rank above one that it needs: on a full cluster it would preempt just that.
 * @param subject Whose workloads, for example `Priorities of 'production'`.
 * @throws {ChartError} with every inversion
 */
export function checkInversions(subject: string, dependencies: readonly Dependency[]): void {
  const checks = new Checks(subject);
  for (const { from, on } of dependencies)
    checks.that(
      from.value <= on.value,
      `'priorityClassName' (${on.className}, ${on.value}) of '${on.name}' must not be below that of '${from.name}' (${from.className}, ${from.value}), which needs it: on a full cluster the one could displace the other, and then wait for it`,
    );
  checks.done();
}

/** How many pods may go, or how many must stay. */
export type Allowance =
  /** Pods that a drain may take at a time: a count, or a share such as '25%' (rounded up, so never 0). */
  | { readonly maxUnavailable: number | string }
  /** Pods that a drain must leave, of the fewest that there are by intent. */
  | { readonly minAvailable: number; readonly minReplicas: number };

export type DisruptionBudgetProps = Identity &
  Allowance & {
    /** The most pods it ever has: a budget for a single pod would block every drain or protect nothing. */
    readonly maxReplicas: number;
  };

/**
 * How many pods of a workload a drain may take at a time. Pods that are not healthy may always be taken:
 * a broken workload must not hold a node.
 * @throws {ChartError} with every fault of the props
 */
export class DisruptionBudget extends Construct {
  constructor(scope: Construct, id: string, props: DisruptionBudgetProps) {
    super(scope, id);
    checkBudget(props);
    new k8s.KubePodDisruptionBudget(this, 'budget', {
      metadata: metadataOf(props),
      spec: {
        selector: { matchLabels: selectorOf(props) },
        ...('minAvailable' in props
          ? { minAvailable: k8s.IntOrString.fromNumber(props.minAvailable) }
          : { maxUnavailable: countOrShare(props.maxUnavailable) }),
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
      },
    });
  }
}

const countOrShare = (value: number | string): k8s.IntOrString =>
  typeof value === 'number' ? k8s.IntOrString.fromNumber(value) : k8s.IntOrString.fromString(value);

function checkBudget(props: DisruptionBudgetProps): void {
  const checks = new Checks(`DisruptionBudget '${props.name}'`).wholeNumber(
    'maxReplicas',
    props.maxReplicas,
    2,
  );
  if ('minAvailable' in props) checkStaying(props, checks);
  else checkGoing(props.maxUnavailable, checks);
  checks.done();
}

function checkGoing(maxUnavailable: number | string, checks: Checks): void {
  const some =
    typeof maxUnavailable === 'string' ? /^([1-9]\d?|100)%$/.test(maxUnavailable) : maxUnavailable >= 1;
  checks.that(
    some,
    `'maxUnavailable' (${maxUnavailable}) must be at least 1 pod or 1%: 0 blocks every drain`,
  );
}

function checkStaying(
  { minAvailable, minReplicas }: Extract<Allowance, { readonly minAvailable: number }>,
  checks: Checks,
): void {
  checks
    .wholeNumber('minAvailable', minAvailable, 1)
    .that(
      minAvailable < minReplicas,
      `'minAvailable' (${minAvailable}) must be below 'minReplicas' (${minReplicas}): with as few as that none may go, and every drain waits`,
    );
}
