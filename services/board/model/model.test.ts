import { drain, latch } from '@sluice/policy';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoardModel } from './board.ts';
import { healthOf, worstOf } from './health.ts';
import { type Sample, SampleHistory, secondsToDrained } from './history.ts';
import type { WorkloadState } from './state.ts';

const sample = (second: number, ready: number, more: Partial<Sample> = {}): Sample => ({
  ...{ at: second * 1000, ready, unacked: 0, replicas: 5, oldestWaitSeconds: 0, throughput: null, ...more },
});

describe('the past of a workload', () => {
  it('stays within its limit, keeps both ends, their order and every peak, however long it is', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 1, maxLength: 500 }), (values) => {
        const history = new SampleHistory(16);
        for (const [index, ready] of values.entries()) history.add(sample(index + 1, ready));
        const { samples } = history;
        expect(samples.length).toBeLessThanOrEqual(16);
        expect(samples.at(-1)?.at).toBe(values.length * 1000);
        expect(Math.max(...samples.map(({ ready }) => ready))).toBe(Math.max(...values));
        const instants = samples.map(({ at }) => at);
        expect(instants).toEqual([...new Set(instants)].sort((a, b) => a - b));
      }),
    );
  });

  it('takes no sample twice, and none that is older', () => {
    const history = new SampleHistory();
    for (const second of [2, 2, 1]) history.add(sample(second, 1));
    expect(history.samples).toHaveLength(1);
  });
});

describe('the time until a queue is drained', () => {
  it('follows the slope since the last peak: 100 messages, 2 fewer a second', () => {
    const falling = Array.from({ length: 21 }, (_, second) => sample(second, 140 - 2 * second));
    // 140 - 40 = 100 left, at 2 a second.
    expect(secondsToDrained(falling)).toBeCloseTo(50, 5);
    const jumped = [
      ...Array.from({ length: 10 }, (_, second) => sample(second, 0)),
      ...falling.map((one) => ({ ...one, at: one.at + 10_000 })),
    ];
    expect(secondsToDrained(jumped)).toBeCloseTo(50, 5);
  });

  it('is 0 of an empty queue, and unknown of one that does not fall or of which little is known', () => {
    expect(secondsToDrained([sample(0, 0)])).toBe(0);
    expect(secondsToDrained([])).toBeUndefined();
    expect(secondsToDrained([sample(0, 5), sample(3, 4)])).toBeUndefined();
    expect(secondsToDrained(Array.from({ length: 20 }, (_, second) => sample(second, 7)))).toBeUndefined();
    expect(
      secondsToDrained(Array.from({ length: 20 }, (_, second) => sample(second, second))),
    ).toBeUndefined();
  });
});

const policy = latch({ replicas: 5, startWhen: { readyAtLeast: 10, oldestWaitSeconds: 60 } });
const workload = (state: Partial<WorkloadState>): WorkloadState => ({
  ...{
    workload: 'w',
    policy,
    samples: [],
    decisions: [],
    ready: 0,
    unacked: 0,
    replicas: 0,
    readingAgeSeconds: 1,
  },
  ...state,
});

describe('how a workload is', () => {
  it.each([
    ['idle', 'ok', 'waits-for-work', {}],
    ['below-mark', 'ok', 'opens', { ready: 4, oldestWait: { seconds: 20, source: 'broker' } }],
    ['starting', 'ok', 'grows', { ready: 12, replicas: 5 }],
    ['working', 'ok', 'grows', { ready: 12, unacked: 5, replicas: 5 }],
    [
      'waits-long',
      'attention',
      'grows',
      { ready: 1, replicas: 5, oldestWait: { seconds: 241, source: 'broker' } },
    ],
    [
      'waits-too-long',
      'critical',
      'grows',
      { ready: 1, replicas: 5, oldestWait: { seconds: 301, source: 'broker' } },
    ],
    ['reading-failed', 'critical', 'frozen', { readingAgeSeconds: 61 }],
  ] as const)('is %s: %s, and next %s', (condition, level, next, state) => {
    expect(healthOf(workload(state))).toMatchObject({ condition, level, next: { kind: next } });
  });

  it('is unknown before its first reading', () => {
    const { ready: _, ...unread } = workload({});
    expect(healthOf(unread)).toMatchObject({
      condition: 'no-reading',
      level: 'unknown',
      next: { kind: 'unknown' },
    });
  });

  it('needs attention at its maximum, when a minute later the backlog does not fall', () => {
    const samples = Array.from({ length: 120 }, (_, second) => sample(second, 50 + second));
    expect(healthOf(workload({ ready: 170, unacked: 5, replicas: 5, samples }))).toMatchObject({
      condition: 'at-maximum',
      level: 'attention',
    });
  });

  it('has the objective of its policy, and says when the age of a residue opens the latch', () => {
    expect(healthOf(workload({ ready: 4, oldestWait: { seconds: 20, source: 'broker' } }))).toMatchObject({
      targetSeconds: 300,
      maxReplicas: 5,
      next: { at: 10, ready: 4, inSeconds: 40 },
    });
    const slo = drain({ sloSeconds: 30, meanServiceSeconds: 1, podStartSeconds: 5, maxReplicas: 8 });
    expect(healthOf(workload({ policy: slo }))).toMatchObject({ targetSeconds: 30, maxReplicas: 8 });
  });

  it('is unknown while the scaler does not answer, whatever was known before', () => {
    expect(healthOf(workload({}), false)).toMatchObject({ level: 'unknown', next: { kind: 'unknown' } });
  });

  it('is together as bad as the worst', () => {
    expect(worstOf(['ok', 'unknown', 'critical', 'attention'])).toBe('critical');
    expect(worstOf(['ok', 'unknown'])).toBe('unknown');
    expect(worstOf([])).toBe('ok');
  });
});

describe('what the board knows', () => {
  const reading = { workload: 'w', ready: 3, unacked: 1, replicas: 2 };

  it('is loading at first, failed when nothing answers for 10 s, stale when it answers no more', () => {
    const model = new BoardModel();
    expect(model.state(0).connection.kind).toBe('loading');
    model.failed('no route', 1000);
    model.failed('no route', 10_999);
    expect(model.state(0).connection.kind).toBe('loading');
    model.failed('no route', 11_000);
    expect(model.state(0).connection).toEqual({ kind: 'failed', message: 'no route' });
    model.observe([reading], 12_000);
    expect(model.state(0)).toMatchObject({ connection: { kind: 'live' }, readAt: 12_000 });
    model.failed('gone', 13_000);
    expect(model.state(0)).toMatchObject({ connection: { kind: 'stale', message: 'gone' }, readAt: 12_000 });
  });

  it('has the newest decision first, and no more than a hundred of a workload', () => {
    const model = new BoardModel();
    for (let at = 1; at <= 150; at += 1)
      model.decided({ at, workload: 'w', from: 0, to: 1, reason: 'BacklogReachedMark', message: '' });
    const [known] = model.state(0).workloads;
    expect([known?.decisions.length, known?.decisions[0]?.at]).toEqual([100, 150]);
  });

  it('puts a decision where its instant is, however late its line comes', () => {
    const model = new BoardModel();
    for (const at of [1, 5, 3])
      model.decided({ at, workload: 'w', from: 0, to: 1, reason: 'BacklogReachedMark', message: '' });
    expect(model.state(0).workloads[0]?.decisions.map(({ at }) => at)).toEqual([5, 3, 1]);
  });

  it('takes rates that others count, of several workloads too, and knows none when they are gone', () => {
    const model = new BoardModel();
    const both = [reading, { ...reading, workload: 'x' }];
    model.counted(new Map([['w', 2.5]]));
    model.observe(both, 1000);
    expect(model.state(0).workloads.map(({ throughput }) => throughput)).toEqual([2.5, undefined]);
    model.counted(new Map());
    model.observe(both, 2000);
    expect(model.state(0).workloads[0]?.throughput).toBeUndefined();
    expect(model.state(0).workloads[0]?.samples.map(({ throughput }) => throughput)).toEqual([2.5, null]);
  });

  it('counts the jobs of the last ten seconds, where there is one workload and jobs are reported', () => {
    const model = new BoardModel();
    model.observe([reading], 1000);
    expect(model.state(0).workloads[0]?.throughput).toBeUndefined();
    for (let at = 1000; at < 21_000; at += 500) model.processed(at);
    model.observe([reading], 20_999);
    expect(model.state(0).workloads[0]?.throughput).toBe(2);
    model.observe([reading, { ...reading, workload: 'x' }], 21_500);
    model.observe([reading, { ...reading, workload: 'x' }], 22_000);
    expect(model.state(0).workloads[0]?.throughput).toBeUndefined();
  });

  it('holds a thousand workloads at most: their names come from outside', () => {
    const model = new BoardModel();
    model.observe(
      Array.from({ length: 1500 }, (_, index) => ({ ...reading, workload: `w${index}` })),
      1,
    );
    expect(model.state(0).workloads).toHaveLength(1000);
  });
});
