import { titleOf } from '../../manifests/objects.ts';
import type { Section } from '../report/sections.ts';
import { type Amounts, quantityOf, resourceNames, sumOf, times } from './amounts.ts';
import type { Capacity } from './capacity.ts';
import { type Level, limitOf, type PodGroup, podsOf, requestsOf } from './demand.ts';
import { evictionSection, roomSection } from './report-room.ts';

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
