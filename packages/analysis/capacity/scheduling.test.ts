import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../../test/support/properties.ts';
import type { Capacity } from './capacity.ts';
import type { PodGroup } from './demand.ts';
import { capacityOfYaml, deployment, nodesOf, priorityClass } from './testing.ts';

const classes = [
  priorityClass('high', 100),
  priorityClass('middle', 50),
  priorityClass('low', 10, 'preemptionPolicy: Never'),
];
const of = (name: string): string => `priorityClassName: ${name},`;
const named = (pods: ReadonlyMap<PodGroup, number> = new Map()) =>
  Object.fromEntries([...pods].map(([{ workload }, count]) => [workload.name, count]));
const outcome = ({ room }: Capacity) => {
  const { needed, placement } = room?.levels.max ?? {};
  return { needed, pending: named(placement?.pending), preempted: named(placement?.preempted) };
};

describe('pods on nodes', () => {
  it('fit where there is room for each', () => {
    const capacity = capacityOfYaml([deployment('web', 4, '1')], nodesOf('cpu=2,memory=1Gi', 2));
    expect(outcome(capacity)).toEqual({ needed: 2, pending: {}, preempted: {} });
  });

  it('wait where there is none, and do not share two halves', () => {
    const capacity = capacityOfYaml([deployment('web', 3, '600m')], nodesOf('cpu=1,memory=1Gi', 2));
    expect(outcome(capacity)).toEqual({ needed: 3, pending: { web: 1 }, preempted: {} });
  });

  it('push out the least important ones, no more of them than they need room for', () => {
    const documents = [
      ...classes,
      deployment('batch', 4, '500m', of('low')),
      deployment('page', 1, '500m', of('middle')),
      deployment('broker', 1, '1', of('high')),
    ];
    const capacity = capacityOfYaml(documents, nodesOf('cpu=1,memory=1Gi', 2));
    // The page pushes out one of the batch, the broker two others: the node without the page has only these.
    expect(outcome(capacity)).toEqual({ needed: 4, pending: { batch: 3 }, preempted: { batch: 3 } });
  });

  it('wait where their class never preempts, and where no pod is less important', () => {
    const never = [priorityClass('idle', 1), priorityClass('low', 10, 'preemptionPolicy: Never')];
    const documents = [...never, deployment('a', 1, '1', of('idle')), deployment('b', 1, '1', of('low'))];
    expect(outcome(capacityOfYaml(documents, nodesOf('cpu=1,memory=1Gi', 1)))).toMatchObject({
      pending: { b: 1 },
      preempted: {},
    });
    const equals = [...classes, deployment('a', 2, '1', of('high'))];
    expect(outcome(capacityOfYaml(equals, nodesOf('cpu=1,memory=1Gi', 1)))).toMatchObject({
      pending: { a: 1 },
      preempted: {},
    });
  });

  it('are pushed out and find another node', () => {
    const documents = [
      ...classes,
      deployment('batch', 2, '400m', of('low')),
      deployment('broker', 1, '1', of('high')),
    ];
    const capacity = capacityOfYaml(documents, nodesOf('cpu=1,memory=1Gi', 2));
    expect(outcome(capacity)).toEqual({ needed: 2, pending: {}, preempted: { batch: 1 } });
  });

  it('never fit when one is larger than a node', () => {
    expect(
      outcome(capacityOfYaml([deployment('web', 1, '3')], nodesOf('cpu=2,memory=1Gi'))).needed,
    ).toBeUndefined();
  });

  it('are counted by the kubelet too', () => {
    const capacity = capacityOfYaml([deployment('web', 5, '1m')], nodesOf('cpu=2,memory=1Gi,pods=2', 2));
    expect(outcome(capacity)).toEqual({ needed: 3, pending: { web: 1 }, preempted: {} });
  });

  it('of another pool are left out', () => {
    const documents = [deployment('web', 1, '1'), deployment('gpu', 9, '1', 'nodeSelector: {gpu: a},')];
    const on = (pool: string) => capacityOfYaml(documents, nodesOf('cpu=2,memory=1Gi', 5, pool));
    expect(outcome(on('any')).needed).toBe(1);
    expect(on('any').room?.elsewhere.map(({ workload }) => workload.name)).toEqual(['gpu']);
    expect(outcome(on('gpu=a')).needed).toBe(5);
  });

  it('all have a node on as many nodes as are needed, and not all on one less', () => {
    const some = fc.tuple(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 1000 }),
      fc.constantFrom('high', 'low'),
    );
    fc.assert(
      fc.property(fc.array(some, { minLength: 1, maxLength: 5 }), (workloads) => {
        const documents = [
          ...classes,
          ...workloads.map(([pods, cpu, name], index) =>
            deployment(`web-${index}`, pods, `${cpu}m`, of(name)),
          ),
        ];
        const at = (count: number) => outcome(capacityOfYaml(documents, nodesOf('cpu=1,memory=1Gi', count)));
        const { needed = 0 } = at(1);
        expect(at(needed).pending).toEqual({});
        if (needed > 1) expect(at(needed - 1).pending).not.toEqual({});
      }),
      { numRuns: runs(50) },
    );
  });
});
