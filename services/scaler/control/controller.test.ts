import { type Backlog, drain, flow, latch, type Policy } from '@sluice/policy';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { decodeHistories, encodeHistories } from '../lease/kube-lease.ts';
import { ReadingError } from '../sources/source.ts';
import { deploymentTarget, type ReplicaTarget } from '../targets/kubernetes.ts';
import { FakeScale } from '../testing/kubernetes.ts';
import { Controller, Histories } from './controller.ts';

const policy = latch({ replicas: 25, startWhen: { readyAtLeast: 100, oldestWaitSeconds: 60 } });

interface Setup {
  policy?: Policy;
  replicas?: number;
  cacheTtlMs?: number;
  idleTrustMs?: number;
  waits?: unknown[];
  target?: ReplicaTarget;
}

function setup(options: Setup = {}) {
  const scale = new FakeScale(options.replicas ?? 0);
  const said: string[] = [];
  const state = {
    leading: true,
    backlog: { ready: 0, unacked: 0 } as Omit<Backlog, 'at'>,
    histories: new Histories(),
  };
  const source = {
    group: 'broker',
    read: vi.fn(async (_: AbortSignal): Promise<Backlog> => ({ ...state.backlog, at: Date.now() })),
  };
  const make = () =>
    new Controller({
      name: 'jobs',
      policy: options.policy ?? policy,
      source,
      target:
        options.target ?? deploymentTarget({ kind: 'deployment', namespace: 'c', name: 'consumer' }, scale),
      fence: { mayAct: () => state.leading },
      histories: state.histories,
      observer: {
        decided: ({ decision, current, oldestWait }) => {
          said.push(`${current} -> ${decision.replicas} ${decision.reason}`);
          options.waits?.push(oldestWait);
        },
        readingFailed: (_, cause) => said.push(`reading ${cause}`),
        targetFailed: (_, operation) => said.push(`target ${operation}`),
      },
      sourceTimeoutMs: 4000,
      targetTimeoutMs: 4000,
      cacheTtlMs: options.cacheTtlMs ?? 0,
      idleTrustMs: options.idleTrustMs ?? 0,
      closing: new AbortController().signal,
      now: Date.now,
    });
  const bedded = { controller: make(), make, scale, said, state, source };
  return bedded;
}

describe('one workload', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 1_700_000_000_000 }));
  afterEach(() => void vi.useRealTimers());
  const poll = async (controller: Controller) => {
    await controller.tick();
    await vi.advanceTimersByTimeAsync(5000);
  };

  it('opens at exactly 100, stays while work is in flight, closes on the second empty reading', async () => {
    const { controller, scale, said, state } = setup();
    for (const backlog of [
      { ready: 99, unacked: 0 },
      { ready: 100, unacked: 0 },
      { ready: 0, unacked: 25 },
      { ready: 0, unacked: 0 },
      { ready: 0, unacked: 0 },
    ]) {
      state.backlog = backlog;
      await poll(controller);
    }
    expect(said).toEqual([
      '0 -> 0 LatchHeldClosed',
      '0 -> 25 BacklogReachedMark',
      '25 -> 25 LatchHeldOpen',
      '25 -> 25 DrainUnconfirmed',
      '25 -> 0 BacklogDrained',
    ]);
    expect(scale.replicas).toBe(0);
  });

  it('goes on in mid-drain after a restart, even without its history', async () => {
    const { controller, make, scale, state, said } = setup();
    state.backlog = { ready: 100, unacked: 0 };
    await poll(controller);
    state.backlog = { ready: 7, unacked: 25 };
    state.histories.replace(new Map());
    await poll(make());
    expect(scale.replicas).toBe(25);
    expect(said.at(-1)).toBe('25 -> 25 LatchHeldOpen');
  });

  it('stands still and says why when a reading fails', async () => {
    const { controller, scale, said, source } = setup({ replicas: 25 });
    source.read.mockRejectedValue(new ReadingError('unreachable', 'refused'));
    await poll(controller);
    expect(said).toEqual(['reading unreachable', '25 -> 25 ReadingMissing']);
    expect(scale.writes).toBe(0);
  });

  it('gives a source that never answers its timeout, not more', async () => {
    const { controller, said, source } = setup();
    source.read.mockImplementation(() => new Promise(() => {}));
    const ticking = controller.tick();
    await vi.advanceTimersByTimeAsync(3999);
    expect(said).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    await ticking;
    expect(said).toEqual(['reading timeout', '0 -> 0 ReadingMissing']);
  });

  it('reads and decides again when another client writes in between', async () => {
    const { controller, scale, said, state } = setup();
    state.backlog = { ready: 100, unacked: 0 };
    scale.beforeWrite = () => {
      scale.beforeWrite = () => {};
      scale.set(25);
    };
    await poll(controller);
    expect(said).toEqual(['25 -> 25 LatchHeldOpen']);
    expect(scale.replicas).toBe(25);
    expect(scale.reads).toBe(2);
  });

  it('stops after three attempts against a client that never stops writing', async () => {
    const { controller, scale, said, state } = setup();
    state.backlog = { ready: 100, unacked: 0 };
    scale.beforeWrite = () => scale.set(0);
    await poll(controller);
    expect(scale.writes).toBe(3);
    expect(said).toEqual(['target write']);
  });

  it('does nothing as a follower', async () => {
    const { controller, scale, state, source, said } = setup();
    state.leading = false;
    await poll(controller);
    expect([scale.reads, source.read.mock.calls.length, said]).toEqual([0, 0, []]);
  });

  it('writes nothing when it loses the lease while it reads', async () => {
    const { controller, scale, state, source } = setup();
    state.backlog = { ready: 100, unacked: 0 };
    source.read.mockImplementation(async () => {
      state.leading = false;
      return { ready: 100, unacked: 0, at: Date.now() };
    });
    await poll(controller);
    expect([scale.reads, scale.writes]).toEqual([0, 0]);
  });

  it('continues from what the previous scaler measured, even after its crash', async () => {
    const following = flow({ targetWaitSeconds: 60, maxReplicas: 25 });
    const { controller, make, state } = setup({ policy: following });
    let total = 0;
    const load = async (by: Controller): Promise<void> => {
      total += 10;
      state.backlog = { ready: 0, unacked: 6, publishedTotal: total, acknowledgedTotal: total - 6 };
      await poll(by);
    };
    for (let polls = 0; polls < 60; polls += 1) await load(controller);
    const before = state.histories.get('jobs').measures;
    // 10 in 5 s, of which 6 are in work: 6 / (2/s)
    expect(before?.arrivalsPerSecond).toBeCloseTo(2, 1);
    expect(before?.serviceSeconds).toBeCloseTo(3, 1);
    state.histories.replace(decodeHistories(encodeHistories(state.histories.entries()), false));
    await load(make());
    const after = state.histories.get('jobs').measures;
    expect(after?.since).toBe(before?.since);
    expect(after?.arrivalsPerSecond).toBeCloseTo(2, 1);
  });

  it('does not remember a change that failed', async () => {
    const steady = drain({
      minReplicas: 0,
      maxReplicas: 25,
      sloSeconds: 60,
      meanServiceSeconds: 5,
      podStartSeconds: 10,
    });
    const target: ReplicaTarget = {
      read: async () => ({ current: 0 }),
      write: () => Promise.reject(new Error('forbidden')),
      stop: async () => {},
    };
    const { controller, state, said } = setup({ target, policy: steady });
    state.backlog = { ready: 100, unacked: 0 };
    await poll(controller);
    expect(said).toEqual(['target write']);
    expect(state.histories.get('jobs').changes).toEqual([]);
    expect(state.histories.get('jobs').waitingSince).toBe(1_700_000_000_000);
  });

  it('stands still when the target cannot be read', async () => {
    const target: ReplicaTarget = {
      read: (signal) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('late')))),
      write: async () => 'written',
      stop: async () => {},
    };
    const { controller, said } = setup({ target });
    const ticking = controller.tick();
    await vi.advanceTimersByTimeAsync(4000);
    await ticking;
    expect(said).toEqual(['target read']);
  });

  it('trusts a count for a while when nothing changes, and never for a change', async () => {
    const { controller, scale, state } = setup({ cacheTtlMs: 50_000 });
    for (let i = 0; i < 9; i += 1) await poll(controller);
    expect(scale.reads).toBe(1);
    scale.set(25);
    state.backlog = { ready: 100, unacked: 0 };
    await poll(controller);
    expect([scale.reads, scale.writes]).toEqual([2, 0]);
  });

  it('is idle at 0 as it was last seen, and then reads the count as rarely as the configuration says', async () => {
    const { controller, scale, state } = setup({ idleTrustMs: 5000 });
    expect(controller.idle).toBe(false);
    for (let i = 0; i < 10; i += 1) {
      await controller.tick();
      expect(controller.idle).toBe(true);
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(scale.reads).toBe(2);
    state.backlog = { ready: 100, unacked: 0 };
    await controller.tick();
    expect({ replicas: scale.replicas, idle: controller.idle }).toEqual({ replicas: 25, idle: false });
    await controller.tick();
    await controller.tick();
    // One more for the change, which is decided on a fresh count, and one for each pass since.
    expect(scale.reads).toBe(5);
    expect(controller.idle).toBe(false);
  });

  it('is not idle when it does not lead', async () => {
    const { controller, state } = setup({ idleTrustMs: 5000 });
    await controller.tick();
    state.leading = false;
    await controller.tick();
    expect(controller.idle).toBe(false);
  });

  it('reports the wait since first sight while nothing runs, and the word of the broker', async () => {
    const waits: unknown[] = [];
    const { make, state } = setup({ waits });
    const controller = make();
    state.backlog = { ready: 7, unacked: 0 };
    await poll(controller);
    await poll(controller);
    state.backlog = { ready: 7, unacked: 0, oldestWaitSeconds: 59 };
    await poll(controller);
    state.backlog = { ready: 0, unacked: 0 };
    await poll(controller);
    expect(waits).toEqual([
      { seconds: 0, source: 'first-sight' },
      { seconds: 5, source: 'first-sight' },
      { seconds: 59, source: 'broker' },
      undefined,
    ]);
  });
});
