import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decide,
  emptyHistory,
  type History,
  latch,
  PolicyError,
  remember,
  schedule,
  simulate,
} from '../index.ts';
import { follow, polls, reasonsOf, replicasOf } from '../testing/follow.ts';

const startWhen = { readyAtLeast: 100, oldestWaitSeconds: 60 };
const asNeeded = latch({ replicas: 25, startWhen });
const all = latch({ replicas: 25, startWhen, ageOpens: 'all' });

const at = 1_700_000_000_000;
const aged = (ready: number, unacked = 0, oldestWaitSeconds = 61) => ({
  ready,
  unacked,
  oldestWaitSeconds,
  at,
});
const decided = (policy: Parameters<typeof decide>[0], reading: ReturnType<typeof aged>, current = 0) =>
  decide(policy, { reading, current, history: emptyHistory, now: at });

describe('a residue that only its age opens the latch for', () => {
  it('gets a replica a message, and says why', () => {
    expect(decided(asNeeded, aged(5))).toEqual({
      replicas: 5,
      reason: 'OldestWaitExceeded',
      message:
        'The oldest of 5 ready messages waits 61 s (as the broker says), the limit is 60 s: opening to 5 replicas.',
    });
  });

  it('gets no more than the N of the latch', () => {
    expect(decided(latch({ replicas: 4, startWhen }), aged(99)).replicas).toBe(4);
  });

  it('gets all N where the policy says so', () => {
    expect(decided(all, aged(5)).replicas).toBe(25);
  });

  it('and a mark that is reached opens to N, whatever the age', () => {
    expect(decided(asNeeded, aged(100))).toMatchObject({ replicas: 25, reason: 'BacklogReachedMark' });
  });

  it('keeps the replicas that its age opened until it is drained, twice', () => {
    const life = polls([5, 0], [0, 5], [2, 4], [0, 1], [0, 0], [0, 0]).map((polled) => ({
      ...polled,
      reading: { oldestWaitSeconds: 61, ...polled.reading },
    }));
    expect(replicasOf(follow(asNeeded, life))).toEqual([5, 5, 5, 5, 5, 0]);
  });

  it('rises to N once the mark is reached, and stays there', () => {
    const decisions = follow(asNeeded, polls([20, 5], [100, 5], [60, 25], [1, 25]), { current: 5 });
    expect(replicasOf(decisions)).toEqual([5, 25, 25, 25]);
    expect(decisions[1]).toMatchObject({
      reason: 'BacklogReachedMark',
      message: '100 messages ready reached the mark of 100: opening to 25 replicas.',
    });
  });

  it('opens beyond a floor whose replicas are all busy, and not beyond one that is free', () => {
    const floored = latch({ replicas: 25, minReplicas: 2, startWhen });
    expect(decided(floored, aged(1, 2), 2).replicas).toBe(3);
    expect(decided(floored, aged(1, 0), 2)).toMatchObject({
      replicas: 2,
      message: expect.stringContaining('the limit is 60 s: 2 replicas are enough.'),
    });
  });

  it('takes none from those that a window left behind', () => {
    const windows = [{ start: '0 8 * * *', end: '0 18 * * *', minReplicas: 9 }];
    const office = schedule({ policy: asNeeded, timeZone: 'UTC', windows });
    const now = Date.parse('2026-11-20T18:00:05Z');
    const reading = { ...aged(3), at: now };
    expect(decide(office, { reading, current: 9, history: emptyHistory, now }).replicas).toBe(9);
    expect(decide(office, { reading, current: 0, history: emptyHistory, now }).replicas).toBe(3);
  });
});

describe('a scaler that starts again', () => {
  it('in mid-drain without a memory continues with the current count', () => {
    for (const current of [1, 5, 24]) {
      const decision = decided(asNeeded, aged(3, 2), current);
      expect(decision).toMatchObject({ replicas: current, reason: 'LatchHeldOpen' });
    }
    expect(decided(asNeeded, aged(3, 2), 25).replicas).toBe(25);
  });

  it('does not open everything because a person scaled by hand', () => {
    expect(replicasOf(follow(asNeeded, polls([9, 0], [9, 0]), { current: 3 }))).toEqual([3, 3]);
  });
});

describe('a slow rise', () => {
  const behavior = { scaleUp: { policies: [{ type: 'Pods' as const, value: 10, periodSeconds: 5 }] } };
  const slow = latch({ replicas: 25, startWhen, behavior });

  it('continues to N below the mark, because the mark was reached', () => {
    expect(replicasOf(follow(slow, polls([100, 0], [90, 10], [70, 20], [50, 25])))).toEqual([10, 20, 25, 25]);
  });

  it('goes on to what the age opened, and no further', () => {
    const life = polls([15, 0], [5, 10], [3, 12], [1, 2]).map((polled) => ({
      ...polled,
      reading: { oldestWaitSeconds: 61, ...polled.reading },
    }));
    expect(replicasOf(follow(slow, life))).toEqual([10, 15, 15, 15]);
  });

  it('stays where it is when the memory is lost on the way', () => {
    const restart = (history: History, poll: number) => (poll === 1 ? emptyHistory : history);
    const life = polls([100, 0], [90, 10], [70, 20], [100, 10]);
    expect(replicasOf(follow(slow, life, { restart }))).toEqual([10, 10, 10, 20]);
  });

  it('is forgotten with the drain', () => {
    const life = polls([100, 0], [0, 0], [0, 0]);
    let [current, history] = [0, emptyHistory];
    for (const { now, reading } of life) {
      const situation = { reading, current, history, now };
      const decision = decide(slow, situation);
      history = remember(slow, situation, decision);
      current = decision.replicas;
    }
    expect(current).toBe(0);
    expect(history.openTo).toBeUndefined();
  });
});

describe('whatever waits', () => {
  const counts = fc.nat({ max: 99 });
  const latches = fc.record({
    replicas: fc.integer({ min: 1, max: 40 }),
    ageOpens: fc.constantFrom('all', 'as-needed'),
  });

  it('an age opens a closed latch to min(N, ready), or to N', () => {
    fc.assert(
      fc.property(
        latches,
        fc.integer({ min: 1, max: 99 }),
        counts,
        ({ replicas, ageOpens }, ready, unacked) => {
          const policy = latch({ replicas, startWhen, ageOpens });
          const expected = ageOpens === 'all' ? replicas : Math.min(replicas, ready);
          expect(decided(policy, aged(ready, unacked)).replicas).toBe(expected);
        },
      ),
    );
  });

  it('more messages never open to fewer replicas', () => {
    fc.assert(
      fc.property(
        latches,
        counts,
        counts,
        fc.nat({ max: 40 }),
        ({ replicas, ageOpens }, ready, more, share) => {
          const policy = latch({ replicas, startWhen, ageOpens });
          const current = Math.min(share, replicas);
          const replicasFor = (messages: number) => decided(policy, aged(messages), current).replicas;
          // An open latch that is drained waits for the second reading: nothing falls here.
          expect(replicasFor(ready + more)).toBeGreaterThanOrEqual(replicasFor(ready));
        },
      ),
    );
  });

  it('an open latch never falls before it is drained', () => {
    const busy = fc.array(fc.tuple(fc.nat({ max: 120 }), fc.integer({ min: 1, max: 40 })), { minLength: 1 });
    fc.assert(
      fc.property(latches, busy, fc.integer({ min: 1, max: 40 }), ({ replicas, ageOpens }, life, share) => {
        const policy = latch({ replicas, startWhen, ageOpens });
        const start = Math.min(share, replicas);
        const seen = [start, ...replicasOf(follow(policy, polls(...life), { current: start }))];
        expect(seen).toEqual([...seen].sort((a, b) => a - b));
      }),
    );
  });
});

it('the simulator serves a residue of 5 with 5 replicas, and all 25 where the policy says so', () => {
  const peak = (policy: typeof asNeeded) => {
    const { series, processed, waitMax } = simulate({
      policy,
      arrivals: { kind: 'bursts', jobs: 5, everySeconds: 100_000 },
      timing: {
        ...{
          pollSeconds: 5,
          scrapeDelaySeconds: 0,
          podStartSeconds: 3,
          gracefulStopSeconds: 0,
          killsAfterGrace: true,
        },
        service: { distribution: 'constant', meanSeconds: 10 },
      },
      seconds: 600,
    });
    return { replicas: Math.max(...series.replicas), processed, waitMax };
  };
  expect(peak(asNeeded)).toEqual({ replicas: 5, processed: 5, waitMax: 68 });
  expect(peak(all)).toEqual({ replicas: 25, processed: 5, waitMax: 68 });
});

it('is refused where no age opens, and where it is another word', () => {
  const props = { replicas: 25, startWhen: { readyAtLeast: 100 }, ageOpens: 'all' as const };
  expect(() => latch(props)).toThrow(
    new PolicyError(["'ageOpens' (\"all\") needs 'startWhen.oldestWaitSeconds': no age opens this latch"]),
  );
  const misspelt = { replicas: 25, startWhen, ageOpens: 'some' as 'all' };
  expect(() => latch(misspelt)).toThrow(
    new PolicyError(['\'ageOpens\' ("some") must be one of as-needed, all']),
  );
});

it('every reason of an open latch is one of the closed union', () => {
  expect(reasonsOf(follow(asNeeded, polls([5, 5]), { current: 5 }))).toEqual(['LatchHeldOpen']);
});
