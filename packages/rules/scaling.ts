import type { ObjectIndex } from '../manifests/links/object-index.ts';
import { selects } from '../manifests/links/selection.ts';
import { type DesiredObject, titleOf, valueAt } from '../manifests/objects.ts';
import { compareQuantities } from '../manifests/quantities.ts';
import { listAt, podLabelsOf, podSpecOf } from '../manifests/references.ts';
import { scalerFaultsIn } from '../manifests/scaler-configs.ts';
import { type Rule, unless, type Violation } from './objects.ts';
import { containersIn } from './pods.ts';
import { targetOf } from './targets.ts';

/** Bounds, targets and budgets that contradict each other. */
export const scalingRules: Rule = (object, world) => {
  switch (object.kind) {
    case 'HorizontalPodAutoscaler':
      return [
        ...bounds(object, 'minReplicas', 'maxReplicas'),
        ...zero(object),
        ...requests(object, world),
        ...rivals(object, world),
      ];
    case 'ScaledObject':
      return [
        ...bounds(object, 'minReplicaCount', 'maxReplicaCount'),
        ...idle(object),
        ...requests(object, world),
        ...rivals(object, world),
      ];
    case 'PodDisruptionBudget':
      return budget(object, world);
    case 'ConfigMap':
      return scalerFaultsIn(object).map((fault) => ({
        ...{ object, key: `scaler/${fault}`, why: `the scaler refuses its configuration: ${fault}` },
      }));
    default:
      return claimOfOne(object, world);
  }
};

/** @see https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes */
function claimOfOne(object: DesiredObject, world: ObjectIndex): readonly Violation[] {
  const replicas = leastOf(object, world) ?? 0;
  if (replicas < 2) return [];
  const names = listAt(podSpecOf(object), ['volumes']).map((one) =>
    valueAt(one, ['persistentVolumeClaim', 'claimName']),
  );
  const claims = names.flatMap((name) => world.named('PersistentVolumeClaim', object.namespace, name) ?? []);
  return claims
    .filter(({ fields }) => listAt(fields, ['spec', 'accessModes']).includes('ReadWriteOncePod'))
    .flatMap((claim) => {
      const why = `it has ${replicas} replicas, and ${titleOf(claim)} is for one pod alone (ReadWriteOncePod)`;
      return unless(false, object, `claim/${claim.name}`, why, [claim]);
    });
}

function bounds(object: DesiredObject, least: string, most: string): readonly Violation[] {
  const min = valueAt(object.fields, ['spec', least]) ?? (least === 'minReplicas' ? 1 : 0);
  const max = valueAt(object.fields, ['spec', most]) ?? (most === 'maxReplicaCount' ? 100 : undefined);
  const holds = typeof min !== 'number' || typeof max !== 'number' || min <= max;
  return unless(holds, object, 'bounds', `'${least}' (${min}) must not exceed '${most}' (${max})`);
}

/** @see https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/ */
function zero(object: DesiredObject): readonly Violation[] {
  const types = listAt(object.fields, ['spec', 'metrics']).map((metric) => valueAt(metric, ['type']));
  const isZero = valueAt(object.fields, ['spec', 'minReplicas']) === 0;
  const holds = !isZero || types.includes('External') || types.includes('Object');
  const why =
    "'minReplicas' (0) must be at least 1 without a metric of type External or Object: no pod tells when to start one";
  return unless(holds, object, 'zero', why);
}

/** @see https://keda.sh/docs/latest/reference/scaledobject-spec/#idlereplicacount */
function idle(object: DesiredObject): readonly Violation[] {
  const [few, least = 0] = ['idleReplicaCount', 'minReplicaCount'].map((field) =>
    valueAt(object.fields, ['spec', field]),
  );
  const holds = typeof few !== 'number' || typeof least !== 'number' || few < least;
  return unless(
    holds,
    object,
    'idle',
    `'idleReplicaCount' (${few}) must be less than 'minReplicaCount' (${least})`,
  );
}

/** A resource by whose utilization an HPA or a trigger of KEDA goes. */
function utilized(metric: unknown): string | undefined {
  const type = valueAt(metric, ['type']);
  if (type === 'Resource' && valueAt(metric, ['resource', 'target', 'type']) === 'Utilization')
    return String(valueAt(metric, ['resource', 'name']));
  const how = valueAt(metric, ['metricType']) ?? 'Utilization';
  return (type === 'cpu' || type === 'memory') && how === 'Utilization' ? type : undefined;
}

/** Utilization is a share of the request. @see https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/ */
function requests(object: DesiredObject, world: ObjectIndex): readonly Violation[] {
  const target = targetOf(object, world);
  const spec = target === undefined ? undefined : podSpecOf(target);
  if (target === undefined || spec === undefined) return [];
  const metrics = ['metrics', 'triggers'].flatMap((field) => listAt(object.fields, ['spec', field]));
  return metrics.flatMap((metric) => {
    const name = utilized(metric);
    if (name === undefined) return [];
    const without = containersIn({ containers: spec.containers }).filter(({ resources }) =>
      ['requests', 'limits'].every((field) => valueAt(resources, [field, name]) === undefined),
    );
    const who = without.map((container) => container.name).join(', ');
    const why = `it goes by the utilization of ${name}, and container ${who} of ${titleOf(target)} requests none`;
    return unless(without.length === 0, object, `no request/${name}`, why, [target]);
  });
}

const SCALERS = ['HorizontalPodAutoscaler', 'ScaledObject'];

/** Two that own one replica count undo each other. */
function rivals(object: DesiredObject, world: ObjectIndex): readonly Violation[] {
  const target = targetOf(object, world);
  if (target === undefined) return [];
  const others = SCALERS.flatMap((kind) => world.ofKind(kind)).filter(
    (other) => other !== object && targetOf(other, world) === target,
  );
  return others.flatMap((other) =>
    unless(false, object, `rival/${titleOf(other)}`, `${titleOf(other)} scales ${titleOf(target)} as well`),
  );
}

/** A budget that allows no eviction stops every drain of a node. @see https://kubernetes.io/docs/tasks/run-application/configure-pdb/ */
function budget(object: DesiredObject, world: ObjectIndex): readonly Violation[] {
  const [min, max] = ['minAvailable', 'maxUnavailable'].map((field) =>
    valueAt(object.fields, ['spec', field]),
  );
  const pods = world.podsIn(object.namespace, valueAt(object.fields, ['spec', 'selector']));
  const counts = pods.map((one) => leastOf(one, world));
  const total = counts.every((count) => count !== undefined)
    ? counts.reduce((sum, count) => sum + (count ?? 0), 0)
    : undefined;
  const blocks =
    max === 0 ||
    max === '0%' ||
    min === '100%' ||
    (typeof min === 'number' && total !== undefined && total > 0 && min >= total);
  const said = max === undefined ? `minAvailable: ${min}` : `maxUnavailable: ${max}`;
  const of = typeof min === 'number' ? ` of ${total} pods` : '';
  return [
    ...unless(
      !blocks,
      object,
      'blocks',
      `it allows no eviction (${said}${of}): no node with such a pod can be drained`,
      pods,
    ),
    ...pods.flatMap((pod) => overlaps(object, pod, world)),
  ];
}

/** How many pods of a workload there are for sure; undefined where it is not known. */
export function leastOf(workload: DesiredObject, world: ObjectIndex): number | undefined {
  const own = valueAt(workload.fields, ['spec', 'replicas']);
  const scaled = SCALERS.flatMap((kind) => world.ofKind(kind)).find(
    (one) => targetOf(one, world) === workload,
  );
  const min =
    valueAt(scaled?.fields, ['spec', 'minReplicas']) ?? valueAt(scaled?.fields, ['spec', 'minReplicaCount']);
  if (scaled !== undefined) return typeof min === 'number' ? min : undefined;
  return typeof own === 'number' ? own : undefined;
}

/** The eviction of a pod that two budgets select is refused. */
function overlaps(object: DesiredObject, pod: DesiredObject, world: ObjectIndex): readonly Violation[] {
  const others = world
    .ofKind('PodDisruptionBudget')
    .filter(
      (other) =>
        other !== object &&
        other.namespace === object.namespace &&
        selects(valueAt(other.fields, ['spec', 'selector']), podLabelsOf(pod)),
    );
  return others.flatMap((other) =>
    unless(
      false,
      object,
      `two budgets/${titleOf(pod)}/${titleOf(other)}`,
      `${titleOf(other)} selects the pods of ${titleOf(pod)} as well: the API server refuses to evict them`,
    ),
  );
}

/** Whether one quantity is above another; unknown ones are not. */
export const exceeds = (one: unknown, other: unknown): boolean => (compareQuantities(one, other) ?? 0) > 0;
