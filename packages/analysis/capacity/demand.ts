import { type DesiredObject, type Fields, isFields, valueAt } from '../../manifests/objects.ts';
import { listAt, podSpecOf } from '../../manifests/references.ts';
import { type Count, counts, type Priority, priorities } from './counts.ts';
import { type Amounts, amountAt, poolOf, type ResourceName, resourceNames, sumOf, times } from './nodes.ts';

/** What one pod asks for and may use. */
interface PodNeeds {
  /** What the scheduler reserves. */
  readonly requests: Amounts;
  /** Undefined: without a limit. */
  readonly limits: { readonly [Name in ResourceName]: bigint | undefined };
}

type Section = 'requests' | 'limits';

/**
 * As the scheduler counts: containers and sidecars together or the largest init container beside the sidecars
 * before it, whichever is more; the pod's own resources instead of their sum where it names them; and overhead.
 * @see https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
 */
export function podNeeds(spec: Fields): PodNeeds {
  const [cpu, memory] = resourceNames.map((name) => ({
    requests: needed(spec, 'requests', name) ?? 0n,
    limits: needed(spec, 'limits', name),
  }));
  return {
    requests: { cpu: cpu?.requests ?? 0n, memory: memory?.requests ?? 0n },
    limits: { cpu: cpu?.limits, memory: memory?.limits },
  };
}

function needed(spec: Fields, section: Section, name: ResourceName): bigint | undefined {
  const own = stated(spec, section, name);
  const inContainers = own ?? ofContainers(spec, section, name);
  const overhead = amountAt(valueAt(spec, ['overhead', name])) ?? 0n;
  return inContainers === undefined ? undefined : inContainers + overhead;
}

function ofContainers(spec: Fields, section: Section, name: ResourceName): bigint | undefined {
  const main = sum(listAt(spec, ['containers']).map((one) => stated(one, section, name)));
  let sidecars: bigint | undefined = 0n;
  let peak: bigint | undefined = 0n;
  for (const init of listAt(spec, ['initContainers'])) {
    const alone = stated(init, section, name);
    peak = larger(peak, sum([sidecars, alone]));
    if (valueAt(init, ['restartPolicy']) === 'Always') sidecars = sum([sidecars, alone]);
  }
  return larger(sum([main, sidecars]), peak);

  // A request that is not stated is none; a limit that is not stated is no limit, whatever the others say.
  function sum(parts: readonly (bigint | undefined)[]): bigint | undefined {
    if (section === 'limits' && parts.includes(undefined)) return undefined;
    return parts.reduce<bigint>((total, part) => total + (part ?? 0n), 0n);
  }
}

const larger = (left: bigint | undefined, right: bigint | undefined): bigint | undefined =>
  left === undefined || right === undefined ? undefined : left > right ? left : right;

/** A container that names only a limit requests as much. */
function stated(owner: unknown, section: Section, name: ResourceName): bigint | undefined {
  const resources = valueAt(owner, ['resources']);
  if (!isFields(resources)) return undefined;
  const value = amountAt(valueAt(resources, [section, name]));
  return section === 'requests' ? (value ?? amountAt(valueAt(resources, ['limits', name]))) : value;
}

/** The pods of one workload: all alike. */
export interface PodGroup {
  readonly workload: DesiredObject;
  readonly pool: string;
  readonly priority: Priority;
  readonly needs: PodNeeds;
  readonly count: Count;
}

export type Level = 'min' | 'max';

/**
 * Everything that one environment runs, the most important first.
 * @param nodes How many nodes there are: a DaemonSet has a pod on each.
 */
export function demandOf(objects: readonly DesiredObject[], nodes: number): PodGroup[] {
  const countOf = counts(objects, nodes);
  const priorityOf = priorities(objects);
  return objects
    .flatMap((workload): PodGroup[] => {
      const spec = podSpecOf(workload);
      if (spec === undefined) return [];
      const [pool, priority, needs] = [poolOf(spec), priorityOf(spec), podNeeds(spec)];
      return [{ workload, pool, priority, needs, count: countOf(workload) }];
    })
    .sort((left, right) => right.priority.value - left.priority.value);
}

/** The number of pods at a scale level. */
export const podsOf = (groups: readonly PodGroup[], level: Level): number =>
  groups.reduce((sum, { count }) => sum + count[level], 0);

/** The CPU and memory that the pods of a scale level request. */
export const requestsOf = (groups: readonly PodGroup[], level: Level): Amounts =>
  sumOf(groups.map(({ needs, count }) => times(needs.requests, count[level])));

/** What the pods may use together; undefined where one of them has no limit. */
export function limitOf(
  groups: readonly PodGroup[],
  level: Level,
  resource: keyof Amounts,
): bigint | undefined {
  let sum = 0n;
  for (const { needs, count } of groups) {
    const limit = needs.limits[resource];
    if (limit === undefined && count[level] > 0) return undefined;
    sum += (limit ?? 0n) * BigInt(count[level]);
  }
  return sum;
}
