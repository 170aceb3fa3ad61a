import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import { clusterLabels } from './labels.ts';

/** A PriorityClass: its value, higher ones are evicted later. */
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
 * A class of pods by how much it hurts when they wait.
 * @throws {ChartError} with every fault of the props
 */
export class Priority extends Construct {
  constructor(scope: Construct, id: string, props: PriorityProps) {
    super(scope, id);
    check(props);
    new k8s.KubePriorityClass(this, 'class', {
      metadata: { name: props.name, labels: { ...clusterLabels } },
      value: props.value,
      description: props.description,
      globalDefault: false,
      preemptionPolicy: (props.preempts ?? true) ? 'PreemptLowerPriority' : 'Never',
    });
  }
}

function check({ name, value }: PriorityProps): void {
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
