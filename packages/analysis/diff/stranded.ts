import { type DesiredObject, titleOf, valueAt } from '../../manifests/objects.ts';
import { placeOf } from '../../manifests/schema.ts';
import { sourcesIn } from '../../manifests/scope.ts';
import type { Sides } from './sides.ts';

/** An operator by the name of its chart, and the kinds whose objects stay in deletion until it takes its finalizer off. */
interface Operator {
  readonly chart: string;
  readonly finalizer: string;
  readonly kinds: readonly string[];
}

/**
 * Read in the sources of each: what a controller adds to the objects that it sees.
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/
 */
const operators: readonly Operator[] = [
  {
    chart: 'keda',
    finalizer: 'finalizer.keda.sh',
    kinds: ['ScaledObject', 'ScaledJob', 'TriggerAuthentication', 'ClusterTriggerAuthentication'].map(
      (kind) => `${kind}.keda.sh`,
    ),
  },
  {
    chart: 'external-secrets',
    finalizer: 'externalsecrets.external-secrets.io/externalsecret-cleanup',
    kinds: ['ExternalSecret.external-secrets.io'],
  },
  {
    chart: 'karpenter',
    finalizer: 'karpenter.k8s.aws/termination',
    kinds: ['EC2NodeClass.karpenter.k8s.aws'],
  },
  {
    chart: 'aws-load-balancer-controller',
    finalizer: 'elbv2.k8s.aws/resources',
    kinds: ['TargetGroupBinding.elbv2.k8s.aws'],
  },
];

/** An object that is removed together with the operator that alone can end its deletion. */
export interface Stranded {
  readonly object: DesiredObject;
  readonly why: string;
  /** Identities of the object and of the operator's Application. */
  readonly causes: readonly string[];
}

/** @returns objects that a change removes together with their operator, or leaves behind without it */
export const strandedIn = ({ before, after }: Sides): Stranded[] =>
  operators.flatMap((operator) => {
    const gone = applicationOf(operator, before.objects);
    if (gone === undefined || applicationOf(operator, after.objects) !== undefined) return [];
    return before.objects
      .filter(({ kind, group }) => operator.kinds.includes(placeOf(kind, group)))
      .map((object) => ({
        object,
        causes: [object.identity, gone.identity],
        why:
          `stays in deletion${object.namespace === undefined ? '' : ', and its namespace with it'}: only ${gone.name} takes '${operator.finalizer}' off it; ` +
          `remove ${titleOf(gone)} after it, in another change`,
      }));
  });

const applicationOf = ({ chart }: Operator, objects: readonly DesiredObject[]): DesiredObject | undefined =>
  objects.find(
    ({ kind, fields }) =>
      kind === 'Application' && sourcesIn(fields).some((source) => valueAt(source, ['chart']) === chart),
  );
