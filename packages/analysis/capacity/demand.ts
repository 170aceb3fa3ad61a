import type { DesiredObject } from '../../manifests/objects.ts';
import { podSpecOf } from '../../manifests/references.ts';
import { type Amounts, sumOf, times } from './amounts.ts';
import { type Count, counts, type Priority, priorities } from './counts.ts';
import { type PodNeeds, podNeeds } from './pod-needs.ts';
import { poolOf } from './pools.ts';

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
