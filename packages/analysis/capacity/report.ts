import { titleOf } from '../../manifests/objects.ts';
import type { Section } from '../report/markup.ts';
import type { Capacity, Fit, LevelRoom } from './capacity.ts';
import type { Priority } from './counts.ts';
import { type Level, limitOf, type PodGroup, podsOf, requestsOf } from './demand.ts';
import { type Amounts, quantityOf, resourceNames, sumOf, times } from './nodes.ts';
import type { Placement } from './scheduling.ts';

/** Who goes first when the nodes are full, by the scheduler and by the kubelet. */
function evictionSection(groups: readonly PodGroup[]): Section {
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
function roomSection(room: Fit): Section {
  const { size, count, pool, levels, elsewhere } = room;
  const node = `cpu ${quantityOf('cpu', size.cpu)}, memory ${quantityOf('memory', size.memory)}, ${size.pods} pods`;
  return {
    title: `${count === undefined ? 'Nodes' : nodes(count)} of ${node} (pool: ${pool})`,
    head: ['replicas', 'nodes needed', ...(count === undefined ? [] : ['fits', 'pending', 'preempted'])],
    right: [1],
    rows: (['min', 'max'] as const).map((level) => roomRow(level, levels[level])),
    notes: [
      ...(count === undefined ? [] : ['The worst case: the least important pods were there first.']),
      ...(elsewhere.length > 0
        ? [`Of other pools, left out: ${elsewhere.map((one) => titleOf(one.workload)).join(', ')}.`]
        : []),
    ],
  };
}

const nodes = (count: number): string => (count === 1 ? '1 node' : `${count} nodes`);

function roomRow(level: Level, { needed, placement }: LevelRoom): string[] {
  const enough = needed === undefined ? 'a pod is larger than a node' : String(needed);
  if (placement === undefined) return [level, enough];
  const { pending, preempted } = placement;
  return [level, enough, pending.size === 0 ? 'yes' : 'no', say(pending), say(preempted)];
}

const say = (pods: ReadonlyMap<PodGroup, number>): string =>
  pods.size === 0
    ? 'none'
    : [...pods].map(([{ workload, count }, many]) => `${many} of ${count.max} ${workload.name}`).join(', ');

/** For programs: amounts are quantities; what has no limit has no key. */
export const jsonReport = (capacities: readonly Capacity[]): string =>
  `${JSON.stringify({ environments: capacities.map(objectOf) }, null, 2)}\n`;

const objectOf = ({ environment, groups, charts, room }: Capacity) => ({
  environment,
  workloads: groups.map(workloadOf),
  total: { min: totalOf(groups, 'min'), max: totalOf(groups, 'max') },
  charts: charts.map(({ application, requests }) => ({
    application: application.name,
    requests: quantities(requests),
  })),
  ...(room && { room: fitOn(room) }),
});

const workloadOf = ({ workload, pool, priority, count, needs }: PodGroup) => ({
  kind: workload.kind,
  namespace: workload.namespace,
  name: workload.name,
  pool,
  priority,
  pods: count,
  each: { requests: quantities(needs.requests), limits: quantities(needs.limits) },
});

const totalOf = (groups: readonly PodGroup[], level: Level) => ({
  pods: podsOf(groups, level),
  requests: quantities(requestsOf(groups, level)),
  limits: quantities({
    cpu: limitOf(groups, level, 'cpu'),
    memory: limitOf(groups, level, 'memory'),
  }),
});

function quantities(amounts: { readonly [Name in keyof Amounts]: bigint | undefined }) {
  const stated = resourceNames.flatMap((name) => {
    const amount = amounts[name];
    return amount === undefined ? [] : [[name, quantityOf(name, amount)]];
  });
  return Object.fromEntries(stated);
}

function fitOn({ size, count, pool, levels }: Fit) {
  const at = (level: Level) => {
    const { needed, placement } = levels[level];
    return { nodesNeeded: needed ?? null, ...(placement && placementOf(placement)) };
  };
  return {
    node: { ...quantities(size), pods: size.pods },
    nodes: count,
    pool,
    min: at('min'),
    max: at('max'),
  };
}

const placementOf = ({ pending, preempted }: Placement) => ({
  fits: pending.size === 0,
  pending: named(pending),
  preempted: named(preempted),
});

const named = (pods: ReadonlyMap<PodGroup, number>) =>
  [...pods].map(([{ workload }, many]) => ({
    ...{ kind: workload.kind, namespace: workload.namespace, name: workload.name, pods: many },
  }));

const NO_LIMIT = 'none';

/** What a report of an environment says, part by part. */
export const sectionsOf = (capacity: Capacity): Section[] => [
  workloads(capacity.groups),
  namespaces(capacity.groups),
  ...charts(capacity),
  evictionSection(capacity.groups),
  ...(capacity.room === undefined ? [] : [roomSection(capacity.room)]),
];

function workloads(groups: readonly PodGroup[]): Section {
  return {
    title: 'Workloads, the most important first',
    head: ['workload', 'pool', 'priority', 'pods', 'rollout', 'cpu each', 'memory each', 'count by'],
    right: [3, 4, 5, 6],
    rows: groups.map((group) => {
      const { workload, pool, count, needs } = group;
      const pods = range(String(count.min), String(count.max));
      const rollout = count.surge === 0 ? '' : `+${count.surge}`;
      const each = resourceNames.map((name) => quantityOf(name, needs.requests[name]));
      return [titleOf(workload), pool, priorityName(group), pods, rollout, ...each, count.owner];
    }),
  };
}

const priorityName = ({ priority: { name, value, known } }: PodGroup): string =>
  known ? name || String(value) : `${name} (unknown)`;

/** Requests and limits at min and max. */
function namespaces(groups: readonly PodGroup[]): Section {
  const parts = Map.groupBy(groups, (group) =>
    JSON.stringify([group.workload.namespace ?? '', group.pool, priorityName(group)]),
  );
  const rows = [...parts].map(([key, part]) => [...(JSON.parse(key) as string[]), ...figures(part)]);
  return {
    title: 'Requests and limits by namespace and node pool, at min - max replicas',
    head: ['namespace', 'pool', 'priority', 'pods', 'cpu', 'cpu limit', 'memory', 'memory limit'],
    right: [3, 4, 5, 6, 7],
    rows: [...rows.sort(byText), ['total', '', '', ...figures(groups)]],
    notes: rollouts(groups),
  };
}

const byText = (left: readonly string[], right: readonly string[]): number =>
  left.join('\0') < right.join('\0') ? -1 : 1;

function figures(groups: readonly PodGroup[]): string[] {
  const across = (show: (level: Level) => string): string => range(show('min'), show('max'));
  const limits = (resource: keyof Amounts, level: Level): string => {
    const limit = limitOf(groups, level, resource);
    return limit === undefined ? NO_LIMIT : quantityOf(resource, limit);
  };
  return [
    across((level) => String(podsOf(groups, level))),
    ...resourceNames.flatMap((name) => [
      across((level) => quantityOf(name, requestsOf(groups, level)[name])),
      across((level) => limits(name, level)),
    ]),
  ];
}

function rollouts(groups: readonly PodGroup[]): string[] {
  const surging = groups.filter(({ count }) => count.surge > 0);
  if (surging.length === 0) return [];
  const more = sumOf(surging.map(({ needs, count }) => times(needs.requests, count.surge)));
  const pods = surging.reduce((sum, { count }) => sum + count.surge, 0);
  return [`A rollout of all at max asks for ${pods} pods more: ${amountsText(more)}.`];
}

/** CPU and memory in the units of Kubernetes. */
export const amountsText = (amounts: Amounts): string =>
  resourceNames.map((name) => `${name} ${quantityOf(name, amounts[name])}`).join(', ');

/** `0 - 25`, or one where both are the same. */
export const range = (min: string, max: string): string =>
  min === max || max === NO_LIMIT ? max : `${min} - ${max}`;

function charts({ charts: all }: Capacity): Section[] {
  if (all.length === 0) return [];
  const stated = all.filter(({ requests }) => requests.cpu + requests.memory > 0n);
  const silent = all.filter((one) => !stated.includes(one)).map(({ application }) => application.name);
  const total = sumOf(stated.map(({ requests }) => requests));
  return [
    {
      title: 'Charts, which Argo CD renders: not counted above',
      head: ['application', 'cpu at least', 'memory at least'],
      right: [1, 2],
      rows: [
        ...stated.map(({ application, requests }) => row(application.name, requests)),
        row('total', total),
      ],
      notes: [
        'What their values ask for, each once or by the replicas beside it; an agent of every node has it on each.',
        ...(silent.length > 0 ? [`Values that ask for nothing: ${silent.join(', ')}.`] : []),
      ],
    },
  ];
}

const row = (name: string, amounts: Amounts): string[] => [
  name,
  ...resourceNames.map((resource) => quantityOf(resource, amounts[resource])),
];
