import { type DesiredObject, titleOf, valueAt } from '../diff/objects.ts';
import { scalerConfigsOf } from '../simulate/scaler-configs.ts';

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
  const owned = new Map([...scalers(objects), ...objects.flatMap(autoscaled)]);
  return (workload) => {
    const bounds = owned.get(keyOf(workload)) ?? boundsOf(workload, nodes);
    return { ...bounds, surge: workload.kind === 'Deployment' ? surgeOf(workload, bounds.max) : 0 };
  };
}

const keyOf = ({ kind, namespace, name }: Pick<DesiredObject, 'kind' | 'namespace' | 'name'>): string =>
  `${kind}/${namespace ?? ''}/${name}`;

function scalers(objects: readonly DesiredObject[]): [string, Bounds][] {
  return scalerConfigsOf('capacity', objects).flatMap(({ config }) =>
    config.workloads.flatMap(({ name, target, policy }): [string, Bounds][] => {
      const { minReplicas, maxReplicas } = policy.kind === 'schedule' ? policy.policy : policy;
      const owner = `scaler: ${policy.kind} '${name}'`;
      const bounds = { min: minReplicas, max: maxReplicas, owner };
      return target.kind === 'deployment' ? [[keyOf({ ...target, kind: 'Deployment' }), bounds]] : [];
    }),
  );
}

/** Where the autoscalers say it, and what Kubernetes and KEDA take for unsaid. */
const autoscalers: Readonly<Record<string, { min: string; max: string; defaults: Omit<Bounds, 'owner'> }>> = {
  HorizontalPodAutoscaler: { min: 'minReplicas', max: 'maxReplicas', defaults: { min: 1, max: 1 } },
  ScaledObject: { min: 'minReplicaCount', max: 'maxReplicaCount', defaults: { min: 0, max: 100 } },
};

function autoscaled(object: DesiredObject): [string, Bounds][] {
  const how = autoscalers[object.kind];
  if (how === undefined) return [];
  const spec = valueAt(object.fields, ['spec']);
  const [kind, name] = ['kind', 'name'].map((field) => valueAt(spec, ['scaleTargetRef', field]));
  const target = { kind: String(kind ?? 'Deployment'), namespace: object.namespace, name: String(name) };
  const min = numberAt(spec, [how.min], how.defaults.min);
  const max = numberAt(spec, [how.max], how.defaults.max);
  return [[keyOf(target), { min, max, owner: titleOf(object) }]];
}

function boundsOf({ kind, fields }: DesiredObject, nodes: number): Bounds {
  const spec = valueAt(fields, ['spec']);
  switch (kind) {
    case 'DaemonSet':
      return { min: nodes, max: nodes, owner: 'one a node' };
    case 'Job':
      return { min: 0, max: numberAt(spec, ['parallelism'], 1), owner: 'while it runs' };
    case 'CronJob':
      return {
        min: 0,
        max: numberAt(spec, ['jobTemplate', 'spec', 'parallelism'], 1),
        owner: runs(spec),
      };
    case 'ScaledJob':
      return { min: 0, max: numberAt(spec, ['maxReplicaCount'], 100), owner: 'KEDA' };
    case 'Pod':
      return { min: 1, max: 1, owner: 'itself' };
    default: {
      const replicas = numberAt(spec, ['replicas'], 1);
      return { min: replicas, max: replicas, owner: 'its replicas' };
    }
  }
}

const runs = (spec: unknown): string => {
  const overlap = valueAt(spec, ['concurrencyPolicy']) ?? 'Allow';
  const schedule = `schedule ${valueAt(spec, ['schedule'])}`;
  return overlap === 'Allow' ? `${schedule}, one run (more may overlap)` : schedule;
};

/** Percentages of surge are rounded up. */
function surgeOf({ fields }: DesiredObject, replicas: number): number {
  if (valueAt(fields, ['spec', 'strategy', 'type']) === 'Recreate') return 0;
  const surge = valueAt(fields, ['spec', 'strategy', 'rollingUpdate', 'maxSurge']) ?? '25%';
  return typeof surge === 'number' ? surge : Math.ceil((replicas * Number.parseFloat(String(surge))) / 100);
}

function numberAt(value: unknown, path: readonly string[], otherwise: number): number {
  const found = valueAt(value, path);
  return typeof found === 'number' ? found : otherwise;
}
