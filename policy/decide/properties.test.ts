import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decide,
  drain,
  emptyHistory,
  type History,
  latch,
  type Policy,
  proportional,
  remember,
} from '../index.ts';
import {
  badReadings,
  behaviors,
  constants,
  drains,
  flows,
  latches,
  lives,
  measuredDrains,
  policies,
  proportionals,
  unmeasured,
} from '../testing/arbitraries.ts';
import { follow, type Polled, replicasOf } from '../testing/follow.ts';
import { baseOf } from './decide.ts';

const now = 1_700_000_000_000;

/** The history a policy has after a life. */
function historyAfter(
  policy: Policy,
  life: readonly Polled[],
  start: number,
): { current: number; history: History } {
  let [current, history] = [start, emptyHistory];
  for (const polled of life) {
    const situation = { ...polled, current, history };
    const decision = decide(policy, situation);
    history = remember(policy, situation, decision);
    current = decision.replicas;
  }
  return { current, history };
}

const nextPoll = (life: readonly Polled[]): number => now + life.length * 5000;

const unit = fc.double({ min: 0, max: 1, noNaN: true });
const between = (policy: Policy, share: number): number => {
  const { minReplicas, maxReplicas } = baseOf(policy);
  return minReplicas + Math.round(share * (maxReplicas - minReplicas));
};

describe('whatever the policy and the queue do', () => {
  it('replicas stay within the bounds', () => {
    fc.assert(
      fc.property(policies, lives, unit, (policy, life, share) => {
        const { minReplicas, maxReplicas } = baseOf(policy);
        for (const { replicas } of follow(policy, life, { current: between(policy, share) })) {
          expect(Number.isInteger(replicas)).toBe(true);
          expect(replicas).toBeGreaterThanOrEqual(minReplicas);
          expect(replicas).toBeLessThanOrEqual(maxReplicas);
        }
      }),
    );
  });

  it('a bad reading leaves the count alone and is remembered as no news', () => {
    const livesThenBad = lives.chain((life) =>
      fc
        .tuple(fc.constant(life), badReadings(nextPoll(life)))
        .map(([polled, reading]) => ({ polled, reading })),
    );
    fc.assert(
      fc.property(policies, livesThenBad, (policy, { polled, reading }) => {
        const { current, history } = historyAfter(policy, polled, baseOf(policy).minReplicas);
        const situation = { reading, current, history, now: nextPoll(polled) };
        const decision = decide(policy, situation);
        expect(decision.replicas).toBe(current);
        expect(decision.reason).toMatch(/^Reading(Missing|Stale|Invalid)$/);
        const next = remember(policy, situation, decision);
        expect(next.waitingSince).toBe(history.waitingSince);
        expect(next.drainedAt).toBeUndefined();
      }),
    );
  });

  it('a longer backlog never gets fewer replicas from proportional, drain and flow', () => {
    const longer = fc.nat({ max: 1000 });
    fc.assert(
      fc.property(
        fc.oneof(proportionals, drains, flows, measuredDrains),
        lives,
        fc.tuple(longer, longer, longer, longer),
        unit,
        (policy, life, [ready, unacked, moreReady, moreUnacked], share) => {
          const { current, history } = historyAfter(policy, life, between(policy, share));
          const at = nextPoll(life);
          const replicasFor = (r: number, u: number): number =>
            decide(policy, { reading: { ready: r, unacked: u, at }, current, history, now: at }).replicas;
          expect(replicasFor(ready + moreReady, unacked + moreUnacked)).toBeGreaterThanOrEqual(
            replicasFor(ready, unacked),
          );
        },
      ),
    );
  });
});

describe('a restart of the scaler', () => {
  it('at any instant leaves the trajectory unchanged when the history comes through as JSON', () => {
    fc.assert(
      fc.property(policies, lives, fc.nat(), (policy, life, pick) => {
        const instant = pick % life.length;
        const asJson = (history: History, poll: number): History =>
          poll === instant ? JSON.parse(JSON.stringify(history)) : history;
        const start = { current: baseOf(policy).minReplicas };
        expect(follow(policy, life, { ...start, restart: asJson })).toEqual(follow(policy, life, start));
      }),
    );
  });

  const forget =
    (instant: number) =>
    (history: History, poll: number): History =>
      poll === instant ? emptyHistory : history;

  /** Poll of the first scale-down from `from` on. */
  const firstFall = (replicas: readonly number[], from: number): number => {
    const at = replicas.findIndex(
      (count, poll) => poll >= Math.max(1, from) && count < (replicas[poll - 1] ?? 0),
    );
    return at < 0 ? replicas.length : at;
  };

  it('in mid-drain and with a lost history, an open latch goes on identically and closes no earlier', () => {
    const latchesAtOnce = latches(
      fc.constant(latch({ replicas: 1, startWhen: { readyAtLeast: 1 } }).behavior),
    );
    fc.assert(
      fc.property(latchesAtOnce, lives, fc.nat(), (policy, life, pick) => {
        const instant = pick % life.length;
        const start = { current: policy.maxReplicas };
        const kept = replicasOf(follow(policy, life, start));
        const lost = replicasOf(follow(policy, life, { ...start, restart: forget(instant) }));
        const close = firstFall(kept, instant);
        fc.pre(instant === 0 || kept[instant - 1] === policy.maxReplicas);
        expect(lost.slice(0, close)).toEqual(kept.slice(0, close));
        expect(lost[close] ?? 0).toBeGreaterThanOrEqual(kept[close] ?? 0);
      }),
    );
  });

  it('with a lost history no policy has fewer replicas than it would have had, up to its next scale-down', () => {
    fc.assert(
      fc.property(
        fc.oneof(unmeasured, constants),
        behaviors,
        lives,
        fc.nat(),
        unit,
        (policy, { scaleDown }, life, pick, share) => {
          const { scaleUp } = latch({ replicas: 1, startWhen: { readyAtLeast: 1 } }).behavior;
          const eager = { ...policy, behavior: { scaleUp, scaleDown } };
          const instant = pick % life.length;
          const start = { current: between(eager, share) };
          const kept = replicasOf(follow(eager, life, start));
          const lost = replicasOf(follow(eager, life, { ...start, restart: forget(instant) }));
          const fall = firstFall(kept, instant);
          expect(firstFall(lost, instant)).toBeGreaterThanOrEqual(Math.min(fall, firstRise(kept, instant)));
          if (policy.kind !== 'latch') expect(lost.slice(0, fall)).toEqual(kept.slice(0, fall));
          if (policy.kind !== 'latch') expect(lost[fall] ?? 0).toBeGreaterThanOrEqual(kept[fall] ?? 0);
        },
      ),
    );
  });

  it('with a lost history, what measures takes no replica away until it has measured again', () => {
    fc.assert(
      fc.property(fc.oneof(flows, measuredDrains), lives, fc.nat(), unit, (policy, life, pick, share) => {
        const instant = pick % life.length;
        const start = { current: between(policy, share) };
        const lost = replicasOf(follow(policy, life, { ...start, restart: forget(instant) }));
        // 120 s at a poll of 5 s
        const pending = Math.min(life.length, instant + 24);
        for (let poll = Math.max(1, instant); poll < pending; poll += 1)
          expect(lost[poll]).toBeGreaterThanOrEqual(lost[poll - 1] ?? 0);
      }),
    );
  });

  /** A latch without its first sight may open later than one with it: from there on the lives differ. */
  const firstRise = (replicas: readonly number[], from: number): number => {
    const at = replicas.findIndex(
      (count, poll) => poll >= Math.max(1, from) && count > (replicas[poll - 1] ?? 0),
    );
    return at < 0 ? replicas.length : at;
  };
});

describe('the history', () => {
  it('never outgrows its windows', () => {
    const life = Array.from({ length: 2000 }, (_, poll) => {
      const at = now + poll * 5000;
      return { now: at, reading: { ready: (poll * 7919) % 300, unacked: 0, at } };
    });
    const behavior = { scaleDown: { stabilizationWindowSeconds: 300 } };
    const policy = proportional({ perReplica: 10, maxReplicas: 25, behavior });
    // 300 s at a poll of 5 s
    expect(historyAfter(policy, life, 0).history.recommendations.length).toBeLessThanOrEqual(60);
    const steady = life.map(({ now, reading }) => ({ now, reading: { ...reading, ready: 0 } }));
    // An idle queue may be read every half second: what is remembered of it does not grow with that.
    expect(historyAfter(policy, steady, 0).history.recommendations).toEqual([
      { at: now + 1999 * 5000, replicas: 0 },
    ]);
    const still = drain({
      sloSeconds: 60,
      meanServiceSeconds: 1,
      maxReplicas: 25,
      behavior: { scaleDown: { stabilizationWindowSeconds: 0 } },
    });
    expect(historyAfter(still, life, 0).history).toEqual({
      since: now,
      until: now + 1999 * 5000,
      waitingSince: expect.any(Number),
      recommendations: [],
      changes: [],
    });
  });
});
