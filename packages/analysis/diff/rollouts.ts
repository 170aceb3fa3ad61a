import { type DesiredObject, isFields, titleOf, valueAt } from '../../manifests/objects.ts';

/**
 * What the controller does about a pod template that changes, as the workload stands after the change.
 * @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#partitions
 * @see https://argo-rollouts.readthedocs.io/en/stable/features/bluegreen/
 */
export function rolloutOf(workload: DesiredObject): string {
  return withheld(workload) ?? started(workload);
}

/** Whether pods of the workload restart when its template changes. */
export const rollsOut = (workload: DesiredObject): boolean => withheld(workload) === undefined;

/** Why no pod restarts; undefined where pods do. */
function withheld(workload: DesiredObject): string | undefined {
  const title = titleOf(workload);
  const spec = (...path: string[]): unknown => valueAt(workload.fields, ['spec', ...path]);
  if (spec('paused') === true) return `no restart: ${title} is paused, its pods change when it is resumed`;
  if (spec('replicas') === 0) return `no restart: ${title} has no replicas, its next pods have the change`;
  if (spec('updateStrategy', 'type') === 'OnDelete')
    return `pods of ${title} change when they are deleted; no rolling restart`;
  const first = partitionOf(workload);
  const last = lastOrdinalOf(workload);
  return first !== undefined && last !== undefined && first > last
    ? `no restart: the partition ${first} keeps all pods of ${title} as they are`
    : undefined;
}

function started(workload: DesiredObject): string {
  const title = titleOf(workload);
  const strategy = (...path: string[]): unknown => valueAt(workload.fields, ['spec', 'strategy', ...path]);
  if (strategy('canary') !== undefined)
    return `release of ${title}: its canary is tried first${pauseOf(strategy('canary', 'steps'))}`;
  if (strategy('blueGreen') !== undefined)
    return blueGreen(title, strategy('blueGreen', 'autoPromotionEnabled'));
  if (strategy('type') === 'Recreate') return `restart of ${title}, all pods at once`;
  const first = partitionOf(workload);
  const rest = first === undefined ? '' : `, from ordinal ${first} on: the partition keeps the others`;
  return `rolling restart of ${title}${rest}`;
}

/** A pause without a duration ends when someone says so. */
function pauseOf(steps: unknown): string {
  const all = Array.isArray(steps) ? steps : [];
  const index = all.findIndex((step) => {
    const pause = valueAt(step, ['pause']);
    return isFields(pause) && pause.duration === undefined;
  });
  return index < 0 ? '' : `, and waits at step ${index + 1} until someone promotes it`;
}

const blueGreen = (title: string, autoPromotion: unknown): string =>
  `release of ${title}: new pods beside the old ones, which serve until ${autoPromotion === false ? 'someone promotes it' : 'all new ones are ready'}`;

/** Undefined where every pod is updated. */
function partitionOf({ kind, fields }: DesiredObject): number | undefined {
  const partition = valueAt(fields, ['spec', 'updateStrategy', 'rollingUpdate', 'partition']);
  return kind === 'StatefulSet' && typeof partition === 'number' && partition > 0 ? partition : undefined;
}

/** Undefined where someone else says how many pods there are. */
function lastOrdinalOf({ fields }: DesiredObject): number | undefined {
  const replicas = valueAt(fields, ['spec', 'replicas']);
  const start = valueAt(fields, ['spec', 'ordinals', 'start']);
  return typeof replicas === 'number' ? replicas - 1 + (typeof start === 'number' ? start : 0) : undefined;
}
