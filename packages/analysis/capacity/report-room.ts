import { titleOf } from '../../manifests/objects.ts';
import type { Section } from '../report/sections.ts';
import { quantityOf } from './amounts.ts';
import type { LevelRoom, Room } from './capacity.ts';
import type { Level, PodGroup } from './demand.ts';

/** Whether everything finds room on the nodes that were described. */
export function roomSection(room: Room): Section {
  const { size, count, pool, levels, elsewhere } = room;
  const node = `cpu ${quantityOf('cpu', size.cpu)}, memory ${quantityOf('memory', size.memory)}, ${size.pods} pods`;
  return {
    title: `${count === undefined ? 'Nodes' : nodes(count)} of ${node} (pool: ${pool})`,
    head: ['replicas', 'nodes needed', ...(count === undefined ? [] : ['fits', 'pending', 'preempted'])],
    right: [1],
    rows: (['min', 'max'] as const).map((level) => row(level, levels[level])),
    notes: [
      ...(count === undefined ? [] : ['The worst case: the least important pods were there first.']),
      ...(elsewhere.length > 0
        ? [`Of other pools, left out: ${elsewhere.map((one) => titleOf(one.workload)).join(', ')}.`]
        : []),
    ],
  };
}

const nodes = (count: number): string => (count === 1 ? '1 node' : `${count} nodes`);

function row(level: Level, { needed, placement }: LevelRoom): string[] {
  const enough = needed === undefined ? 'a pod is larger than a node' : String(needed);
  if (placement === undefined) return [level, enough];
  const { pending, preempted } = placement;
  return [level, enough, pending.size === 0 ? 'yes' : 'no', say(pending), say(preempted)];
}

const say = (pods: ReadonlyMap<PodGroup, number>): string =>
  pods.size === 0
    ? 'none'
    : [...pods].map(([{ workload, count }, many]) => `${many} of ${count.max} ${workload.name}`).join(', ');
