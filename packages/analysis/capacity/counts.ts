import { baseOf, highestFloor, type Workload } from '@sluice/policy';
import { ConfigurationError } from '../../contracts/checks.ts';
import { type DesiredObject, type Fields, titleOf, valueAt } from '../../manifests/objects.ts';
import { scalerConfigsOf } from '../../manifests/scaler-configs.ts';

/** What a pod's PriorityClass says. */
export interface Priority {
  /** The name of the class; empty for pods without one. */
  readonly name: string;
  readonly value: number;
  /** Whether its pods may push others out. */
  readonly preempts: boolean;
  /** False where no object and not Kubernetes itself has such a class: the API server refuses the pods. */
  readonly known: boolean;
}

const builtIn: readonly Priority[] = [
  { name: 'system-cluster-critical', value: 2_000_000_000, preempts: true, known: true },
  { name: 'system-node-critical', value: 2_000_001_000, preempts: true, known: true },
];

/** The priority of pods by their spec, from the classes of their environment. */
export function priorities(objects: readonly DesiredObject[]): (spec: Fields) => Priority {
  const classes = objects.filter(({ kind }) => kind === 'PriorityClass');
  const known = new Map([...builtIn, ...classes.map(priorityOf)].map((one) => [one.name, one]));
  const standing = classes.find(({ fields }) => fields.globalDefault === true);
  const otherwise =
    standing === undefined ? { name: '', value: 0, preempts: true, known: true } : priorityOf(standing);
  return ({ priorityClassName }) => {
    if (typeof priorityClassName !== 'string') return otherwise;
    return known.get(priorityClassName) ?? { ...otherwise, name: priorityClassName, known: false };
  };
}

const priorityOf = ({ name, fields }: DesiredObject): Priority => ({
  name,
  value: Number(valueAt(fields, ['value'])),
  preempts: fields.preemptionPolicy !== 'Never',
  known: true,
});

/** How many pods a workload has, and who says so. */
export interface Count {
  readonly min: number;
  readonly max: number;
  /** More while a new version rolls out. */
  readonly surge: number;
  readonly owner: string;
}

type Bounds = Pick<Count, 'min' | 'max' | 'owner'>;

/**
 * The counts of the workloads of one environment.
 * @param nodes How many nodes there are: a DaemonSet has a pod on each.
 * @throws {ConfigurationError} for a scaler's configuration that the scaler would refuse
 */
export function counts(objects: readonly DesiredObject[], nodes: number): (workload: DesiredObject) => Count {
  const scaled = scalerConfigsOf('capacity', objects).flatMap(({ config }) => config.workloads);
  const minimums = new Map(scaled.flatMap(scheduledMinimum));
  const owned = new Map([
    ...scaled.flatMap(scaledByScaler),
    ...objects.flatMap((object) => autoscaled(object, minimums.get(keyOf(object)))),
  ]);
  return (workload) => {
    const bounds = owned.get(keyOf(workload)) ?? boundsOf(workload, nodes);
    return { ...bounds, surge: surgeOf(workload, bounds.max) };
  };
}

const keyOf = ({ kind, namespace, name }: Pick<DesiredObject, 'kind' | 'namespace' | 'name'>): string =>
  `${kind}/${namespace ?? ''}/${name}`;

function scaledByScaler({ name, target, policy }: Workload): [string, Bounds][] {
  if (target.kind !== 'deployment') return [];
  const { minReplicas: min, maxReplicas: max } = baseOf(policy);
  return [
    [keyOf({ ...target, kind: 'Deployment' }), { min, max, owner: `scaler: ${policy.kind} '${name}'` }],
  ];
}

type Minimum = Pick<Bounds, 'min' | 'owner'>;

/** The minimum of an HPA that is not in its manifest, because a scaler writes it. */
function scheduledMinimum({ name, target, policy }: Workload): [string, Minimum][] {
  if (target.kind !== 'hpa') return [];
  const { minReplicas: min } = baseOf(policy);
  const most = policy.kind === 'schedule' ? highestFloor(policy) : min;
  const owner = `at least ${min} to ${most} by ${policy.kind} '${name}'`;
  return [[keyOf({ ...target, kind: 'HorizontalPodAutoscaler' }), { min, owner }]];
}

/** Where the autoscalers say it, and what Kubernetes and KEDA take for unsaid. */
const autoscalers: Readonly<Record<string, { min: string; max: string; defaults: Omit<Bounds, 'owner'> }>> = {
  HorizontalPodAutoscaler: { min: 'minReplicas', max: 'maxReplicas', defaults: { min: 1, max: 1 } },
  ScaledObject: { min: 'minReplicaCount', max: 'maxReplicaCount', defaults: { min: 0, max: 100 } },
};

function autoscaled(object: DesiredObject, minimum?: Minimum): [string, Bounds][] {
  const how = Object.hasOwn(autoscalers, object.kind) ? autoscalers[object.kind] : undefined;
  if (how === undefined) return [];
  const spec = valueAt(object.fields, ['spec']);
  const [kind, name] = ['kind', 'name'].map((field) => valueAt(spec, ['scaleTargetRef', field]));
  const target = { kind: String(kind ?? 'Deployment'), namespace: object.namespace, name: String(name) };
  const min = minimum?.min ?? countAt(object, ['spec', how.min], how.defaults.min);
  const max = countAt(object, ['spec', how.max], how.defaults.max);
  const owner = [titleOf(object), ...(minimum ? [minimum.owner] : [])].join(', ');
  return [[keyOf(target), { min, max, owner }]];
}

function boundsOf(workload: DesiredObject, nodes: number): Bounds {
  const spec = valueAt(workload.fields, ['spec']);
  switch (workload.kind) {
    case 'DaemonSet':
      return { min: nodes, max: nodes, owner: 'one a node' };
    case 'Job':
      return { min: 0, max: countAt(workload, ['spec', 'parallelism'], 1), owner: 'while it runs' };
    case 'CronJob':
      return {
        min: 0,
        max: countAt(workload, ['spec', 'jobTemplate', 'spec', 'parallelism'], 1),
        owner: runs(spec),
      };
    case 'ScaledJob':
      return { min: 0, max: countAt(workload, ['spec', 'maxReplicaCount'], 100), owner: 'KEDA' };
    case 'Pod':
      return { min: 1, max: 1, owner: 'itself' };
    default: {
      const replicas = countAt(workload, ['spec', 'replicas'], 1);
      return { min: replicas, max: replicas, owner: 'its replicas' };
    }
  }
}

const runs = (spec: unknown): string => {
  const overlap = valueAt(spec, ['concurrencyPolicy']) ?? 'Allow';
  const schedule = `schedule ${valueAt(spec, ['schedule'])}`;
  return overlap === 'Allow' ? `${schedule}, one run (more may overlap)` : schedule;
};

/** Where a workload that replaces its pods says how many more there may be meanwhile. */
const strategies: Readonly<Record<string, string>> = { Deployment: 'rollingUpdate', Rollout: 'canary' };

/** Percentages of surge are rounded up. Where a router splits the requests, a release ends with both versions whole. */
function surgeOf(workload: DesiredObject, replicas: number): number {
  const strategy = valueAt(workload.fields, ['spec', 'strategy']);
  const how = Object.hasOwn(strategies, workload.kind) ? strategies[workload.kind] : undefined;
  if (how === undefined || valueAt(strategy, ['type']) === 'Recreate') return 0;
  if (valueAt(strategy, [how, 'trafficRouting']) !== undefined) return replicas;
  const surge = valueAt(strategy, [how, 'maxSurge']) ?? '25%';
  const percent = /^(\d{1,4})%$/.exec(String(surge))?.[1];
  if (percent !== undefined) return Math.ceil((replicas * Number(percent)) / 100);
  return countAt(workload, ['spec', 'strategy', how, 'maxSurge'], 0);
}

/** Counts are int32 in Kubernetes. */
const MAX_COUNT = 2 ** 31 - 1;

/** @throws {ConfigurationError} for what is no count */
function countAt(object: DesiredObject, path: readonly string[], otherwise: number): number {
  const found = valueAt(object.fields, path) ?? otherwise;
  if (typeof found === 'number' && Number.isInteger(found) && found >= 0 && found <= MAX_COUNT) return found;
  const place = `'${path.join('.')}' of ${titleOf(object)}`;
  throw new ConfigurationError('capacity', [`${place} must be a whole number from 0 to ${MAX_COUNT}`]);
}
