import { describe, expect, it } from 'vitest';
import { decide, drain, emptyHistory, type History, type Policy, proportional, remember } from '../index.ts';
import { follow, polls, reasonsOf, replicasOf } from '../testing/follow.ts';

const at = 1_000_000;

const decideFor = (policy: Policy, work: number, current: number, history: History = emptyHistory) =>
  decide(policy, { reading: { ready: work, unacked: 0, at }, current, history, now: at });

const atOnce = { scaleDown: { stabilizationWindowSeconds: 0 } };

describe('recommend', () => {
  it('proportional shares the work, in flight or not', () => {
    const policy = proportional({
      perReplica: 10,
      maxReplicas: 25,
      behavior: { scaleDown: { stabilizationWindowSeconds: 300 } },
    });
    const reading = { ready: 100, unacked: 20, at };
    // (100 + 20) / 10 = 12
    expect(decide(policy, { reading, current: 0, history: emptyHistory, now: at })).toEqual({
      replicas: 12,
      reason: 'DesiredWithinRange',
      message: '120 messages / 10 per replica: 12 replicas.',
    });
  });

  it('drain finishes the backlog within the SLO', () => {
    const policy = drain({ sloSeconds: 300, meanServiceSeconds: 2, podStartSeconds: 10, maxReplicas: 25 });
    // 2400 jobs x 2 s / (300 s - 10 s) = 16.6
    expect(decideFor(policy, 2400, 0)).toEqual({
      replicas: 17,
      reason: 'DesiredWithinRange',
      message: '2400 messages x 2 s / (300 s - 10 s): 17 replicas.',
    });
  });

  it('binary fractions cost no replica', () => {
    const policy = drain({ sloSeconds: 0.3, meanServiceSeconds: 0.1, maxReplicas: 25 });
    // 3 x 0.1 / 0.3 = 1.0000000000000002 in binary
    expect(decideFor(policy, 3, 0).replicas).toBe(1);
  });
});

describe('stabilize', () => {
  const policy = proportional({
    perReplica: 10,
    maxReplicas: 25,
    behavior: { scaleDown: { stabilizationWindowSeconds: 300 } },
  });

  it('falls only to the highest recommendation of the last 300 s', () => {
    const decisions = follow(policy, polls([120, 0], [40, 0]));
    expect(decisions.at(-1)).toEqual({
      replicas: 12,
      reason: 'ScaleDownStabilized',
      message: '4 replicas wanted; the highest of the scale-down window allows 12.',
    });
  });

  it('falls when the highest has left the window, 60 polls of 5 s later', () => {
    const calm = Array.from({ length: 62 }, () => [40, 0] as const);
    const replicas = replicasOf(follow(policy, polls([120, 0], ...calm)));
    expect(replicas.indexOf(4)).toBe(60);
  });

  it('rises only to the lowest recommendation of the scale-up window', () => {
    const patient = proportional({
      perReplica: 10,
      maxReplicas: 25,
      behavior: { ...atOnce, scaleUp: { stabilizationWindowSeconds: 15 } },
    });
    const decisions = follow(patient, polls([10, 0], [120, 0], [90, 0], [120, 0], [120, 0]), { current: 1 });
    expect(replicasOf(decisions)).toEqual([1, 1, 1, 9, 9]);
    expect(reasonsOf(decisions).slice(1, 3)).toEqual(['ScaleUpStabilized', 'ScaleUpStabilized']);
  });

  it('without a memory it waits a whole window before it scales down', () => {
    const calm = polls(...Array.from({ length: 62 }, () => [40, 0] as const));
    const replicas = replicasOf(follow(policy, calm, { current: 12 }));
    expect(replicas.indexOf(4)).toBe(60);
  });
});

describe('a history that ended long ago', () => {
  const policy = proportional({
    perReplica: 10,
    maxReplicas: 25,
    behavior: { scaleDown: { stabilizationWindowSeconds: 300 } },
  });
  const old = {
    since: 0,
    until: at - 121_000,
    waitingSince: 0,
    recommendations: [{ at: at - 121_000, replicas: 4 }],
    changes: [],
  };

  it('counts as lost: it scales nothing down at first sight', () => {
    expect(decideFor(policy, 40, 12, old)).toMatchObject({ replicas: 12, reason: 'ScaleDownStabilized' });
  });

  it('and is not continued', () => {
    const situation = { reading: { ready: 40, unacked: 0, at }, current: 12, history: old, now: at };
    expect(remember(policy, situation, decide(policy, situation))).toEqual({
      since: at,
      until: at,
      waitingSince: at,
      recommendations: [
        { at, replicas: 12 },
        { at, replicas: 4 },
      ],
      changes: [],
    });
  });

  it('is trusted through the polls of a blackout', () => {
    const [first] = polls([120, 0]);
    const dark = Array.from({ length: 40 }, (_, poll) => ({
      now: 10_000 + poll * 5000,
      reading: { missing: 'timeout' },
    }));
    const back = { now: 210_000, reading: { ready: 40, unacked: 0, at: 210_000 } };
    const later = { now: 306_000, reading: { ready: 40, unacked: 0, at: 306_000 } };
    const life = [first, ...dark, back, later].filter((polled) => polled !== undefined);
    // 12 was wanted at 5 s: the window of 300 s ends at 305 s.
    expect(replicasOf(follow(policy, life)).slice(-2)).toEqual([12, 4]);
  });
});

describe('rate-limit', () => {
  const known = { ...emptyHistory, since: 0 };
  const limited = (scaleUp: object, scaleDown: object) =>
    proportional({
      perReplica: 1,
      maxReplicas: 100,
      behavior: { scaleUp, scaleDown: { ...atOnce.scaleDown, ...scaleDown } },
    });
  const pods = { type: 'Pods', value: 4, periodSeconds: 60 } as const;
  const percent = { type: 'Percent', value: 100, periodSeconds: 60 } as const;
  const tenth = { type: 'Percent', value: 10, periodSeconds: 60 } as const;

  it.each([
    // 3 + 4 = 7, 3 x 2 = 6
    ['Max', 3, 7],
    ['Min', 3, 6],
    ['Max', 10, 20],
    ['Min', 10, 14],
  ] as const)('%s of 4 pods and 100 %% a minute: %d rises to %d', (selectPolicy, current, replicas) => {
    const policy = proportional({
      minReplicas: 1,
      perReplica: 1,
      maxReplicas: 100,
      behavior: { scaleUp: { policies: [pods, percent], selectPolicy } },
    });
    const decision = decideFor(policy, 100, current, known);
    expect(decision).toMatchObject({ replicas, reason: 'ScaleUpLimit' });
  });

  it('counts what the period has already brought', () => {
    const policy = limited({ policies: [pods] }, {});
    const history = { ...known, changes: [{ at: at - 30_000, by: 3 }] };
    // 6 at the period's start, 4 more allowed: 10, of which 3 are there
    expect(decideFor(policy, 50, 9, history).replicas).toBe(10);
  });

  it('forgets a change when its period is over', () => {
    const policy = limited({ policies: [pods] }, {});
    const history = { ...known, changes: [{ at: at - 60_000, by: 3 }] };
    expect(decideFor(policy, 50, 9, history).replicas).toBe(13);
  });

  it.each([
    // 25 - 4 = 21; 25 x 0.9 = 22.5, cut to 22
    ['Max', 21],
    ['Min', 22],
  ] as const)('%s of 4 pods and 10 %% a minute: 25 falls to %d', (selectPolicy, replicas) => {
    const policy = limited({}, { policies: [pods, tenth], selectPolicy });
    expect(decideFor(policy, 0, 25, known)).toMatchObject({ replicas, reason: 'ScaleDownLimit' });
  });

  it('never turns a rise into a fall, nor a fall into a rise', () => {
    const policy = limited({ policies: [pods] }, { policies: [pods] });
    const risen = { ...known, changes: [{ at: at - 30_000, by: 6 }] };
    const fallen = { ...known, changes: [{ at: at - 30_000, by: -6 }] };
    // 3 at the period's start and 4 more are 7, but 9 are there; 15 less 4 are 11, but 9 are left.
    expect(decideFor(policy, 50, 9, risen)).toMatchObject({ replicas: 9, reason: 'ScaleUpLimit' });
    expect(decideFor(policy, 1, 9, fallen)).toMatchObject({ replicas: 9, reason: 'ScaleDownLimit' });
  });

  it('without a memory of the period, no rate allows a scale-down', () => {
    const policy = limited({}, { policies: [pods] });
    expect(decideFor(policy, 0, 25)).toEqual({
      replicas: 25,
      reason: 'ScaleDownLimit',
      message: '0 replicas wanted; the scale-down rate allows 25 now.',
    });
  });

  it('Disabled never moves that way', () => {
    const policy = limited({ selectPolicy: 'Disabled' }, { selectPolicy: 'Disabled' });
    expect(decideFor(policy, 50, 9, known)).toMatchObject({ replicas: 9, reason: 'ScaleUpLimit' });
    expect(decideFor(policy, 1, 9, known)).toMatchObject({ replicas: 9, reason: 'ScaleDownLimit' });
  });
});

describe('clamp', () => {
  it.each([
    [300, 'TooManyReplicas', 25, '30 replicas wanted, more than the maximum of 25.'],
    [10, 'TooFewReplicas', 2, '1 replica wanted, fewer than the minimum of 2.'],
  ])('%d messages: %s', (work, reason, replicas, message) => {
    const policy = proportional({ perReplica: 10, minReplicas: 2, maxReplicas: 25, behavior: atOnce });
    expect(decideFor(policy, work, 4)).toEqual({ replicas, reason, message });
  });

  it('brings a count from outside back in, past window and rate', () => {
    const policy = proportional({
      perReplica: 10,
      maxReplicas: 25,
      behavior: { scaleDown: { stabilizationWindowSeconds: 300 } },
    });
    expect(decideFor(policy, 300, 40)).toMatchObject({ replicas: 25, reason: 'TooManyReplicas' });
  });
});
