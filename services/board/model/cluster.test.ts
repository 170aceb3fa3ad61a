import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClusterSnapshot, PodRow, WorkloadRow } from '../../../packages/contracts/cluster-snapshot.ts';
import { emptySnapshot } from '../testing/served.ts';
import {
  differencesOf,
  matches,
  namespaceLoads,
  nodeLoads,
  podLevel,
  total,
  workloadHealth,
} from './cluster.ts';

const workload = (more: Partial<WorkloadRow> = {}): WorkloadRow => ({
  ...{ kind: 'Deployment', namespace: 'shop', name: 'web', created: 1, desired: 2, ready: 2, updated: 2 },
  ...{ paused: false, images: ['web:1'], ...more },
});

const pod = (more: Partial<PodRow> = {}): PodRow => ({
  ...{ namespace: 'shop', name: 'web-1', created: 1, phase: 'Running', ready: true, restarts: 0, images: [] },
  requests: { cpu: 0.5, memory: 100 },
  ...more,
});

const node = (name: string) => ({
  ...{ name, created: 1, ready: true, cordoned: false, pressures: [], version: 'v1' },
  allocatable: { cpu: 4, memory: 1000, pods: 110 },
});

const snapshot = (more: Partial<ClusterSnapshot>): ClusterSnapshot => ({ ...emptySnapshot, ...more });

describe('how a workload of the cluster is', () => {
  it.each([
    ['ready', 'ok', {}],
    ['none', 'ok', { desired: 0, ready: 0, updated: 0 }],
    ['updating', 'ok', { updated: 1 }],
    ['partly', 'attention', { ready: 1 }],
    ['down', 'critical', { ready: 0 }],
    ['failed', 'critical', { reason: 'ProgressDeadlineExceeded' }],
    ['paused', 'unknown', { paused: true }],
    ['none', 'ok', { kind: 'CronJob', desired: 0, ready: 0 }],
    ['runs', 'ok', { kind: 'Job', ready: 1 }],
  ] as const)('is %s: %s', (condition, level, more) => {
    expect(workloadHealth(workload(more))).toEqual({ condition, level });
  });

  it.each([
    ['ok', {}],
    ['ok', { phase: 'Succeeded', ready: false }],
    ['critical', { ready: false, reason: 'CrashLoopBackOff' }],
    ['critical', { phase: 'Failed', ready: false }],
    ['attention', { phase: 'Pending', ready: false }],
  ] as const)('is of a pod: %s', (level, more) => {
    expect(podLevel(pod(more))).toBe(level);
  });
});

it('adds up what the pods of a namespace reserve, with its workloads and how they are, the largest first', () => {
  const of = (name: string) => ({ name, created: 1, phase: 'Active' });
  const loads = namespaceLoads(
    snapshot({
      namespaces: [of('empty'), of('shop'), of('broken'), { ...of('going'), phase: 'Terminating' }],
      workloads: [workload(), workload({ namespace: 'broken', ready: 0 })],
      pods: [pod(), pod({ name: 'b' }), pod({ name: 'done', phase: 'Succeeded' })],
    }),
  );
  expect(
    loads.map(({ name, level, workloads, pods, requests: { cpu } }) => [name, level, workloads, pods, cpu]),
  ).toEqual([
    ['shop', 'ok', 1, 2, 1],
    ['empty', 'ok', 0, 0, 0],
    ['broken', 'critical', 1, 0, 0],
    ['going', 'attention', 0, 0, 0],
  ]);
});

it('adds up what pods reserve on a node, those that are over left out, the fullest node first', () => {
  const loads = nodeLoads(
    snapshot({
      nodes: [node('idle'), { ...node('busy'), used: { cpu: 1, memory: 500 } }],
      pods: [
        ...[pod({ node: 'busy' }), pod({ node: 'busy', name: 'b' })],
        pod({ node: 'busy', name: 'c', phase: 'Succeeded' }),
      ],
    }),
  );
  expect(loads.map(({ node: { name }, pods, cpu }) => [name, pods, cpu.requested])).toEqual([
    ['busy', 2, 1],
    ['idle', 0, 0],
  ]);
  expect(total(loads, 'memory')).toEqual({ allocatable: 2000, requested: 200 });
});

it('finds an object by a part of its name in any case, and by its namespace', () => {
  const filter = { text: 'WE', namespace: '', troubled: false };
  expect(matches(filter, workload())).toBe(true);
  expect(matches({ ...filter, namespace: 'other' }, workload())).toBe(false);
  expect(matches({ ...filter, text: 'shop/web' }, workload())).toBe(true);
});

describe('the difference of two snapshots', () => {
  it('names what came, went and changed, with both values', () => {
    const before = snapshot({ nodes: [node('a'), node('b')], workloads: [workload()] });
    const after = snapshot({
      nodes: [node('b'), node('c')],
      workloads: [workload({ desired: 5, images: ['web:2'] })],
    });
    expect(differencesOf(before, after)).toEqual([
      { kind: 'Node', name: 'c', change: 'added', changes: [] },
      { kind: 'Node', name: 'a', change: 'removed', changes: [] },
      {
        ...{ kind: 'Deployment', namespace: 'shop', name: 'web', change: 'changed' },
        changes: [
          { property: 'desired', before: '2', after: '5' },
          { property: 'images', before: 'web:1', after: 'web:2' },
        ],
      },
    ]);
  });

  it('is none of a snapshot and itself, and turned round has as many', () => {
    const rows = fc.uniqueArray(fc.record({ name: fc.string(), desired: fc.nat(3) }), {
      selector: ({ name }) => name,
    });
    const of = (all: { name: string; desired: number }[]) =>
      snapshot({ workloads: all.map((row) => workload(row)) });
    fc.assert(
      fc.property(rows, rows, (one, other) => {
        expect(differencesOf(of(one), of(one))).toEqual([]);
        expect(differencesOf(of(one), of(other))).toHaveLength(differencesOf(of(other), of(one)).length);
      }),
    );
  });
});
