import { titleOf } from '../../manifests/objects.ts';
import type { Section } from '../report/sections.ts';
import { quantityOf } from './amounts.ts';
import type { Fit, LevelRoom } from './capacity.ts';
import type { Priority } from './counts.ts';
import type { Level, PodGroup } from './demand.ts';

/** Who goes first when the nodes are full, by the scheduler and by the kubelet. */
export function evictionSection(groups: readonly PodGroup[]): Section {
  const classes = [...Map.groupBy(groups, ({ priority }) => JSON.stringify(priority)).values()];
  const order = classes.flatMap(([first]) => (first === undefined ? [] : [first.priority])).reverse();
  return {
    title: 'Who goes first when nodes are full',
    head: ['order', 'priority', 'value', 'workloads', 'gives way to', 'pushes out'],
    right: [0, 2],
    rows: order.map((priority, index) => [
      String(index + 1),
      priority.name === '' ? '(none)' : priority.name,
      String(priority.value),
      groups
        .filter((group) => group.priority === priority || sameClass(group.priority, priority))
        .map(({ workload }) => `${workload.namespace}/${workload.name}`)
        .join(', '),
      preemptorsOf(priority, order),
      pushedOutBy(priority, order),
    ]),
    notes: [
      'Scheduler: a pod that finds no room pushes out the least important, of equals the youngest, and a PodDisruptionBudget only where nothing else helps.',
      kubelet(groups),
      ...unknown(groups),
    ],
  };
}

const sameClass = (left: Priority, right: Priority): boolean =>
  left.name === right.name && left.value === right.value;

const preemptorsOf = (priority: Priority, all: readonly Priority[]): string =>
  [
    ...all.filter((one) => one.preempts && one.value > priority.value).map(({ name }) => name),
    'system-*',
  ].join(', ');

function pushedOutBy({ preempts, value }: Priority, all: readonly Priority[]): string {
  if (!preempts) return 'none: it waits';
  const lower = all.filter((one) => one.value < value).map(({ name }) => name || 'pods without a class');
  return lower.length === 0 ? 'none is lower' : lower.join(', ');
}

/** @see https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#pod-selection-for-kubelet-eviction */
function kubelet(groups: readonly PodGroup[]): string {
  const beyond = groups.filter(
    ({ needs }) => needs.limits.memory === undefined || needs.limits.memory > needs.requests.memory,
  );
  const rule = 'Kubelet, when memory runs out: first who uses more than it requests, then by priority';
  return beyond.length === 0
    ? `${rule}; here no pod can use more, as every memory limit is the request.`
    : `${rule}; more than they request can use: ${beyond.map(({ workload }) => titleOf(workload)).join(', ')}.`;
}

const unknown = (groups: readonly PodGroup[]): string[] =>
  groups
    .filter(({ priority }) => !priority.known)
    .map(
      ({ workload, priority }) =>
        `${titleOf(workload)} names the PriorityClass '${priority.name}', which is not there: its pods are refused.`,
    );

/** Whether everything finds room on the nodes that were described. */
export function roomSection(room: Fit): Section {
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
