import type { ObjectIndex } from '../manifests/links/object-index.ts';
import { type DesiredObject, type Fields, isFields, titleOf, valueAt } from '../manifests/objects.ts';
import { amountOf } from '../manifests/quantities.ts';
import { listAt, podSpecOf } from '../manifests/references.ts';
import { type Rule, unless, type Violation } from './objects.ts';
import { containersIn } from './pods.ts';
import { exceeds, leastOf } from './scaling.ts';

/**
 * Pods that a LimitRange or a ResourceQuota of their namespace refuses.
 * @see https://kubernetes.io/docs/concepts/policy/limit-range/
 * @see https://kubernetes.io/docs/concepts/policy/resource-quotas/
 */
export const quotaRules: Rule = (object, world) => {
  if (object.kind === 'ResourceQuota') return overSum(object, world);
  const spec = podSpecOf(object);
  if (spec === undefined) return [];
  const here = (kind: string): readonly DesiredObject[] =>
    world.ofKind(kind).filter(({ namespace }) => namespace === object.namespace);
  const ranges = here('LimitRange');
  return [
    ...containersIn(spec).flatMap((container) =>
      ranges.flatMap((range) => outOfRange(object, container, range)),
    ),
    ...here('ResourceQuota').flatMap((quota) => [
      ...overQuota(object, spec, quota, ranges),
      ...overCount(object, quota, world),
    ]),
  ];
};

function outOfRange(object: DesiredObject, container: Fields, range: DesiredObject): readonly Violation[] {
  const limits = listAt(range.fields, ['spec', 'limits']).filter(
    (one) => valueAt(one, ['type']) === 'Container',
  );
  const asked = (field: string, what: string): unknown => valueAt(container.resources, [field, what]);
  return limits.flatMap((limit) => [
    ...entriesOf(valueAt(limit, ['max'])).flatMap(([what, most]) =>
      ['limits', 'requests'].flatMap((field) =>
        unless(
          !exceeds(asked(field, what), most),
          object,
          `max/${container.name}/${field}/${what}`,
          `${titleOf(range)} refuses its pods: ${field} of ${what} of container ${container.name} (${asked(field, what)}) exceed ${most}`,
          [range],
        ),
      ),
    ),
    ...entriesOf(valueAt(limit, ['min'])).flatMap(([what, least]) =>
      unless(
        !exceeds(least, asked('requests', what)),
        object,
        `min/${container.name}/${what}`,
        `${titleOf(range)} refuses its pods: requests of ${what} of container ${container.name} (${asked('requests', what)}) are below ${least}`,
        [range],
      ),
    ),
  ]);
}

/** `requests.cpu`, `cpu` (the same) and `limits.cpu` want a value of every container, and not more than there is. */
function overQuota(
  object: DesiredObject,
  spec: Fields,
  quota: DesiredObject,
  ranges: readonly DesiredObject[],
): readonly Violation[] {
  return entriesOf(valueAt(quota.fields, ['spec', 'hard'])).flatMap(([name, hard]) => {
    const [, scope = 'requests', what] = /^(?:(requests|limits)\.)?(cpu|memory)$/.exec(name) ?? [];
    if (what === undefined || valueAt(quota.fields, ['spec', 'scopes']) !== undefined) return [];
    return containersIn(spec).flatMap((container) => {
      const own =
        valueAt(container.resources, [scope, what]) ?? valueAt(container.resources, ['limits', what]);
      const isSet = own !== undefined || ranges.length > 0;
      const says = `${titleOf(quota)} refuses its pods: container ${container.name}`;
      return [
        ...unless(
          isSet,
          object,
          `quota unset/${container.name}/${name}`,
          `${says} sets no ${scope} of ${what}`,
          [quota],
        ),
        ...unless(
          !exceeds(own, hard),
          object,
          `quota/${container.name}/${name}`,
          `${says} asks for more ${what} (${own}) than there is in all (${hard})`,
          [quota],
        ),
      ];
    });
  });
}

/** More replicas than the namespace may have pods. */
function overCount(object: DesiredObject, quota: DesiredObject, world: ObjectIndex): readonly Violation[] {
  const hard = valueAt(quota.fields, ['spec', 'hard', 'pods']);
  const replicas = leastOf(object, world);
  const why = `${titleOf(quota)} refuses its pods: it has ${replicas} replicas, and ${String(hard)} pods may be there in all`;
  return unless(!exceeds(replicas, hard), object, 'quota/pods', why, [quota]);
}

const entriesOf = (value: unknown): [string, unknown][] => (isFields(value) ? Object.entries(value) : []);

/** What all replicas of a namespace ask for together, as far as it is known: at least so much. */
function overSum(quota: DesiredObject, world: ObjectIndex): readonly Violation[] {
  if (valueAt(quota.fields, ['spec', 'scopes']) !== undefined) return [];
  const workloads = world.workloadsIn(quota.namespace);
  return entriesOf(valueAt(quota.fields, ['spec', 'hard'])).flatMap(([name, hard]) => {
    const [, scope = 'requests', what] = /^(?:(requests|limits)\.)?(cpu|memory)$/.exec(name) ?? [];
    const most = amountOf(hard);
    if (what === undefined || most === undefined) return [];
    const sum = workloads.reduce((all, one) => all + askedBy(one, scope, what, world), 0n);
    // One pod that is too large is told of the workload itself.
    const why = `the pods of ${quota.namespace} ask for more ${name} together than it has (${hard}): some are refused`;
    return unless(sum <= most, quota, `sum/${name}`, why, workloads);
  });
}

function askedBy(workload: DesiredObject, scope: string, what: string, world: ObjectIndex): bigint {
  const replicas = leastOf(workload, world) ?? 0;
  const containers = listAt(podSpecOf(workload), ['containers']);
  const each = containers.reduce<bigint>((sum, one) => {
    const own = valueAt(one, ['resources', scope, what]) ?? valueAt(one, ['resources', 'limits', what]);
    return sum + (amountOf(own) ?? 0n);
  }, 0n);
  return each * BigInt(Math.max(0, Math.trunc(replicas)));
}
