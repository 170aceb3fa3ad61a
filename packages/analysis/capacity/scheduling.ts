import type { Level, PodGroup } from './demand.ts';
import { Node, type NodeSize } from './nodes.ts';

/** How the pods of one level find room. */
export interface Placement {
  /** Pods without a node at the end, by their workload. */
  readonly pending: ReadonlyMap<PodGroup, number>;
  /** Pods that had a node and were pushed out, by their workload; they may have found another. */
  readonly preempted: ReadonlyMap<PodGroup, number>;
}

/**
 * Puts pods on empty nodes one by one, as the scheduler does: on the emptiest that has room; where none has, a pod
 * that may preempts the least important. The least important come first: the worst case, in which every more
 * important pod that needs room has to take it. Pods of a DaemonSet are on their nodes before.
 */
export function place(
  groups: readonly PodGroup[],
  level: Level,
  size: NodeSize,
  nodeCount: number,
): Placement {
  const scheduler = new Scheduler(Array.from({ length: nodeCount }, () => new Node(size)));
  for (const group of groups.filter(isDaemon)) scheduler.onEach(group);
  const others = groups.filter((group) => !isDaemon(group));
  for (const group of others.toSorted((left, right) => left.priority.value - right.priority.value))
    for (let pod = 0; pod < group.count[level]; pod += 1) scheduler.schedule(group);
  return scheduler;
}

/**
 * The fewest nodes on which all find room; undefined where a pod is larger than a node.
 * @param groups What is wanted where there are so many nodes.
 */
export function nodesFor(
  groups: (nodes: number) => readonly PodGroup[],
  level: Level,
  size: NodeSize,
): number | undefined {
  const fits = (nodes: number): boolean => place(groups(nodes), level, size, nodes).pending.size === 0;
  let enough = 1;
  while (!fits(enough)) {
    const pods = groups(1).reduce((sum, { count }) => sum + count[level], 0);
    // A node for every pod is not enough: some pod is larger than a node.
    if (enough > pods) return undefined;
    enough *= 2;
  }
  let few = enough / 2;
  while (enough - few > 1) {
    const middle = Math.floor((few + enough) / 2);
    if (fits(middle)) enough = middle;
    else few = middle;
  }
  return enough;
}

const isDaemon = ({ workload }: PodGroup): boolean => workload.kind === 'DaemonSet';

class Scheduler implements Placement {
  readonly pending = new Map<PodGroup, number>();
  readonly preempted = new Map<PodGroup, number>();
  readonly #nodes: readonly Node[];

  constructor(nodes: readonly Node[]) {
    this.#nodes = nodes;
  }

  onEach(pod: PodGroup): void {
    for (const node of this.#nodes)
      if (node.fits(pod)) node.put(pod);
      else count(this.pending, pod);
  }

  schedule(pod: PodGroup): void {
    const open = this.#emptiest(pod);
    if (open !== undefined) open.put(pod);
    else if (!this.#preempt(pod)) count(this.pending, pod);
  }

  #emptiest(pod: PodGroup): Node | undefined {
    const open = this.#nodes.filter((node) => node.fits(pod));
    return best(open, (node) => [-node.roomAfter(pod)]);
  }

  /** Victims look for another node when the preemptor has its place. */
  #preempt(pod: PodGroup): boolean {
    if (!pod.priority.preempts) return false;
    const candidates = this.#nodes.flatMap((node) => {
      const victims = node.victimsFor(pod);
      return victims === undefined ? [] : [{ node, victims }];
    });
    const chosen = best(candidates, ({ victims }) => costOf(victims));
    if (chosen === undefined) return false;
    chosen.node.remove(chosen.victims);
    chosen.node.put(pod);
    for (const victim of chosen.victims) {
      count(this.preempted, victim);
      this.schedule(victim);
    }
    return true;
  }
}

/** The scheduler's order: the lowest highest priority, then the lowest sum of them, then the fewest. */
const costOf = (victims: readonly PodGroup[]): number[] => {
  const values = victims.map(({ priority }) => priority.value);
  return [Math.max(...values), values.reduce((sum, value) => sum + value, 0), values.length];
};

/** The item with the lowest cost; of equals the first. */
function best<T>(items: readonly T[], costOf: (item: T) => readonly number[]): T | undefined {
  const costs = items.map((item) => ({ item, cost: costOf(item) }));
  return costs.sort((left, right) => difference(left.cost, right.cost))[0]?.item;
}

const difference = (left: readonly number[], right: readonly number[]): number =>
  left.map((value, index) => value - (right[index] ?? 0)).find((one) => one !== 0) ?? 0;

const count = (counts: Map<PodGroup, number>, group: PodGroup): void => {
  counts.set(group, (counts.get(group) ?? 0) + 1);
};
