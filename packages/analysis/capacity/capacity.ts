import type { DesiredObject } from '../../manifests/objects.ts';
import { type ChartDemand, chartsOf } from './charts.ts';
import { demandOf, type Level, type PodGroup } from './demand.ts';
import { ANY_POOL, type NodeSize } from './nodes.ts';
import { nodesFor, type Placement, place } from './scheduling.ts';

/** What is asked of the nodes of an environment. */
export interface Capacity {
  readonly environment: string;
  /** The most important first. */
  readonly groups: readonly PodGroup[];
  readonly charts: readonly ChartDemand[];
  /** Undefined where no node was described. */
  readonly room: Fit | undefined;
}

/** Whether the pods of a pool find room on nodes of one size. */
export interface Fit extends Nodes {
  /** Workloads of other pools, which were left out. */
  readonly elsewhere: readonly PodGroup[];
  readonly levels: Readonly<Record<Level, LevelRoom>>;
}

/** Whether all pods of one scale level have room. */
export interface LevelRoom {
  /** How many such nodes hold all; undefined where a pod is larger than a node. */
  readonly needed: number | undefined;
  /** Undefined where no number of nodes was given. */
  readonly placement: Placement | undefined;
}

/** Nodes to try. */
export interface Nodes {
  readonly size: NodeSize;
  /** Undefined: only the number that is needed is asked for. */
  readonly count: number | undefined;
  readonly pool: string;
}

/**
 * @param nodes Nodes to try; without them a DaemonSet is counted as on one.
 * @throws {ConfigurationError} for a scaler's configuration that the scaler would refuse
 */
export function capacityOf(
  environment: string,
  objects: readonly DesiredObject[],
  nodes: Nodes | undefined,
): Capacity {
  return {
    environment,
    groups: demandOf(objects, nodes?.count ?? 1),
    charts: chartsOf(objects),
    room: nodes === undefined ? undefined : fitOn(objects, nodes),
  };
}

function fitOn(objects: readonly DesiredObject[], nodes: Nodes): Fit {
  const { pool, size, count } = nodes;
  const here = (group: PodGroup): boolean => nodesOf(group) === pool;
  const groups = (many: number): PodGroup[] => demandOf(objects, many).filter(here);
  const at = (level: Level): LevelRoom => ({
    needed: nodesFor(groups, level, size),
    placement: count === undefined ? undefined : place(groups(count), level, size, count),
  });
  const elsewhere = demandOf(objects, 1).filter((group) => !here(group));
  return { ...nodes, elsewhere, levels: { min: at('min'), max: at('max') } };
}

/** The pools that something asks for. */
export const poolsOf = (groups: readonly PodGroup[]): string[] => [
  ...new Set([ANY_POOL, ...groups.map(nodesOf)]),
];

/** A toleration opens further nodes to pods; it keeps them off none. */
const nodesOf = ({ pool }: PodGroup): string => pool.replace(/ \(tolerates .*\)$/, '');
