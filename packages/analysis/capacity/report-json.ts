import { type Amounts, quantityOf, resourceNames } from './amounts.ts';
import type { Capacity, Fit } from './capacity.ts';
import { type Level, limitOf, type PodGroup, podsOf, requestsOf } from './demand.ts';
import type { Placement } from './scheduling.ts';

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
