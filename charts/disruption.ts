import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { Checks } from './checks.ts';
import { type Identity, metadataOf, selectorOf } from './labels.ts';

export interface DisruptionBudgetProps extends Identity {
  /** The most pods it ever has: a budget for a single pod would block every drain or protect nothing. */
  readonly maxReplicas: number;
  /** Pods that a drain may take at a time: a count, or a share such as '25%' (rounded up, so never 0). */
  readonly maxUnavailable: number | string;
}

/**
 * How many pods of a workload a drain may take at a time. Pods that are not healthy may always be taken:
 * a broken workload must not hold a node.
 * @throws {ChartError} with every fault of the props
 */
export class DisruptionBudget extends Construct {
  constructor(scope: Construct, id: string, props: DisruptionBudgetProps) {
    super(scope, id);
    check(props);
    const { maxUnavailable } = props;
    new k8s.KubePodDisruptionBudget(this, 'budget', {
      metadata: metadataOf(props),
      spec: {
        selector: { matchLabels: selectorOf(props) },
        maxUnavailable:
          typeof maxUnavailable === 'number'
            ? k8s.IntOrString.fromNumber(maxUnavailable)
            : k8s.IntOrString.fromString(maxUnavailable),
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
      },
    });
  }
}

function check({ name, maxReplicas, maxUnavailable }: DisruptionBudgetProps): void {
  const share =
    typeof maxUnavailable === 'string' ? /^([1-9]\d?|100)%$/.test(maxUnavailable) : maxUnavailable >= 1;
  new Checks(`DisruptionBudget '${name}'`)
    .wholeNumber('maxReplicas', maxReplicas, 2)
    .that(share, `'maxUnavailable' (${maxUnavailable}) must be at least 1 pod or 1%: 0 blocks every drain`)
    .done();
}
