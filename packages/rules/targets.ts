import type { ObjectIndex } from '../manifests/links/object-index.ts';
import {
  type DesiredObject,
  entryOf,
  type Fields,
  isFields,
  titleOf,
  valueAt,
} from '../manifests/objects.ts';
import { listAt, podSpecOf } from '../manifests/references.ts';
import { type Rule, unless, type Violation } from './objects.ts';
import { containersIn } from './pods.ts';

const SCALERS = ['HorizontalPodAutoscaler', 'ScaledObject'];

/** The workload that an HPA or a ScaledObject scales. */
export const targetOf = (
  { namespace, fields }: DesiredObject,
  world: ObjectIndex,
): DesiredObject | undefined => {
  const [kind, name] = ['kind', 'name'].map((field) => valueAt(fields, ['spec', 'scaleTargetRef', field]));
  return world.named(String(kind ?? 'Deployment'), namespace, name);
};

/** What a scaler says of its workload and the workload does not have. */
export const targetRules: Rule = (object, world) => {
  if (!SCALERS.includes(object.kind)) return [];
  const target = targetOf(object, world);
  const spec = target === undefined ? undefined : podSpecOf(target);
  return [
    ...group(object),
    ...(target === undefined || spec === undefined
      ? []
      : [...containers(object, target, spec), ...variables(object, target, spec)]),
  ];
};

/** The groups of kinds that have replicas. */
const GROUPS: Readonly<Record<string, string>> = {
  Deployment: 'apps',
  StatefulSet: 'apps',
  ReplicaSet: 'apps',
  Rollout: 'argoproj.io',
};

/** The scale of a kind is looked up by its group. @see https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/ */
function group(object: DesiredObject): readonly Violation[] {
  const [version, kind = 'Deployment'] = ['apiVersion', 'kind'].map((field) =>
    valueAt(object.fields, ['spec', 'scaleTargetRef', field]),
  );
  const wanted = entryOf(GROUPS, String(kind));
  const own = typeof version === 'string' ? (version.includes('/') ? version.split('/')[0] : '') : wanted;
  const why = `'scaleTargetRef.apiVersion' (${version}) has no ${kind}: it is of the group ${wanted}`;
  return unless(wanted === undefined || own === wanted, object, 'group', why);
}

/** Containers that a metric is of. */
function containers(object: DesiredObject, target: DesiredObject, spec: Fields): readonly Violation[] {
  const names = containersIn(spec).map(({ name }) => name);
  const asked = [
    ...listAt(object.fields, ['spec', 'metrics']).map((one) =>
      valueAt(one, ['containerResource', 'container']),
    ),
    ...listAt(object.fields, ['spec', 'triggers']).map((one) => valueAt(one, ['metadata', 'containerName'])),
    valueAt(object.fields, ['spec', 'scaleTargetRef', 'envSourceContainerName']),
  ];
  return asked
    .filter((name) => typeof name === 'string' && !names.includes(name))
    .flatMap((name) => {
      const why = `it goes by the container ${name}, which ${titleOf(target)} does not have`;
      return unless(false, object, `container/${name}`, why, [target]);
    });
}

/**
 * `hostFromEnv: RABBIT` reads a variable of the workload's container; what it takes as a whole is not known.
 * @see https://keda.sh/docs/latest/concepts/authentication/
 */
function variables(object: DesiredObject, target: DesiredObject, spec: Fields): readonly Violation[] {
  const wanted = valueAt(object.fields, ['spec', 'scaleTargetRef', 'envSourceContainerName']);
  const all = listAt(spec, ['containers']);
  const container =
    typeof wanted === 'string' ? all.find((one) => valueAt(one, ['name']) === wanted) : all[0];
  if (container === undefined || listAt(container, ['envFrom']).length > 0) return [];
  const names = listAt(container, ['env']).map((one) => valueAt(one, ['name']));
  return listAt(object.fields, ['spec', 'triggers']).flatMap((trigger) => {
    const metadata = valueAt(trigger, ['metadata']);
    return Object.entries(isFields(metadata) ? metadata : {})
      .filter(([key, name]) => key.endsWith('FromEnv') && !names.includes(name))
      .flatMap(([key, name]) => {
        const why = `'${key}' reads the variable ${name}, which container ${valueAt(container, ['name'])} of ${titleOf(target)} does not have`;
        return unless(false, object, `variable/${name}`, why, [target]);
      });
  });
}
