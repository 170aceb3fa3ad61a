import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import { type Identity, metadataOf, selectorOf } from './labels.ts';

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
    check(props);
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

function check(props: DisruptionBudgetProps): void {
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
