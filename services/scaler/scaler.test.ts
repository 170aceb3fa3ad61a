import { type Backlog, latch, type ScalerConfig } from '@sluice/policy';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createScaler } from './scaler.ts';
import type { BacklogSource } from './sources/source.ts';
import { deploymentTarget } from './targets/kubernetes.ts';
import { FakeScale } from './testing/kubernetes.ts';

const policy = latch({ replicas: 25, startWhen: { readyAtLeast: 100 } });

const configOf = (...names: string[]): ScalerConfig => ({
  pollSeconds: 5,
  workloads: names.map((name) => ({
    ...{ name, policy },
    source: { kind: 'detailed-metrics', url: 'http://broker', vhost: '/', queue: name },
    target: { kind: 'deployment', namespace: 'c', name },
  })),
});

function setup(
  sources: Record<string, BacklogSource>,
  random: () => number = () => 0,
  idlePollSeconds?: number,
) {
  const scales = new Map(Object.keys(sources).map((name) => [name, new FakeScale(0)]));
  const scaleOf = (name: string) => scales.get(name) ?? new FakeScale(0);
  const registry = new Registry();
  const scaler = createScaler({
    config: { ...configOf(...Object.keys(sources)), ...(idlePollSeconds && { idlePollSeconds }) },
    sources: new Map(Object.entries(sources)),
    openTarget: ({ name }) => deploymentTarget({ kind: 'deployment', namespace: 'c', name }, scaleOf(name)),
    log: { info: () => {}, warn: () => {} },
    ...{ registry, random },
  });
  return { scaler, registry, scaleOf };
}

const reading = (ready: number, group = 'broker') => {
  const times: number[] = [];
  const read = async (): Promise<Backlog> => {
    times.push(Date.now());
    return { ready, unacked: 0, at: Date.now() };
  };
  return { group, read, times };
};

describe('many workloads in one process', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_700_000_000_000 }));
  afterEach(() => void vi.useRealTimers());

  it('are not delayed by a source that never answers', async () => {
    const healthy = reading(100);
    const dead: BacklogSource = { group: 'dead', read: () => new Promise(() => {}) };
    const { scaler, scaleOf, registry } = setup({ dead, healthy });
    await vi.advanceTimersByTimeAsync(0);
    expect(scaleOf('healthy').replicas).toBe(25);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(healthy.times).toHaveLength(5);
    expect(await registry.metrics()).toContain(
      'sluice_scaler_reading_failures_total{workload="dead",cause="timeout"} 4',
    );
    await scaler.stop();
  });

  it('poll close together within a group, and groups anywhere in the period', async () => {
    const sequence = [0.5, 0.1, 0.9, 0.2, 0];
    let drawn = 0;
    const [a, b, other] = [reading(0), reading(0), reading(0, 'other broker')];
    const { scaler } = setup({ a, b, other }, () => sequence[drawn++] ?? 0);
    const start = Date.now();
    await vi.advanceTimersByTimeAsync(5000);
    // 0.5 x 5 s + 0.1 x 0.5 s; 0.5 x 5 s + 0.9 x 0.5 s; 0.2 x 5 s + 0 s
    expect([a, b, other].map(({ times }) => (times[0] ?? 0) - start)).toEqual([2550, 2950, 1000]);
    await scaler.stop();
  });

  it('are let go at once when the scaler stops, whatever their sources do', async () => {
    const dead: BacklogSource = { group: 'dead', read: () => new Promise(() => {}) };
    const { scaler, scaleOf, registry } = setup({ dead });
    await vi.advanceTimersByTimeAsync(1000);
    await scaler.stop();
    expect(Date.now()).toBe(1_700_000_001_000);
    expect(scaleOf('dead').reads).toBe(0);
    expect(await registry.metrics()).not.toContain('cause=');
  });

  it('read their targets less often than they poll from 100 on, yet never change one unseen', async () => {
    const names = Array.from({ length: 400 }, (_, i) => `w${i}`);
    const { scaler, scaleOf } = setup(Object.fromEntries(names.map((name) => [name, reading(0)])));
    await vi.advanceTimersByTimeAsync(39_999);
    const reads = names.map((name) => scaleOf(name).reads);
    // 400 workloads / 20 a second = 20 s: at 0 s and at 20 s
    expect(new Set(reads)).toEqual(new Set([2]));
    await scaler.stop();
  });

  it('read more often while they are at 0, and as often as before while they are not', async () => {
    const backlog = { ready: 0 };
    const times: number[] = [];
    const source: BacklogSource = {
      group: 'broker',
      read: async () => {
        times.push(Date.now() - 1_700_000_000_000);
        return { ready: backlog.ready, unacked: 0, at: Date.now() };
      },
    };
    const { scaler, scaleOf } = setup({ jobs: source }, () => 0, 0.5);
    await vi.advanceTimersByTimeAsync(5200);
    expect(times).toEqual([0, 500, 1000, 1500, 2000, 2500, 3000, 3500, 4000, 4500, 5000]);
    // The count is read no more often for that.
    expect(scaleOf('jobs').reads).toBe(2);
    backlog.ready = 100;
    await vi.advanceTimersByTimeAsync(300);
    expect(scaleOf('jobs').replicas).toBe(25);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(times.slice(11)).toEqual([5500, 10_000, 15_000]);
    await scaler.stop();
  });
});
