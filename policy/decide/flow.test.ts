import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Backlog, decide, drain, emptyHistory, flow, type Measures } from '../index.ts';
import { flows } from '../testing/arbitraries.ts';

const now = 1_700_000_000_000;

const known = (arrivalsPerSecond: number, serviceSeconds: number, sinceSeconds = 3600): Measures => ({
  ...{ at: now, since: now - sinceSeconds * 1000, publishedTotal: 0, acknowledgedTotal: 0, unacked: 0 },
  ...{ arrivalsPerSecond, serviceSeconds, workSeconds: 10 * serviceSeconds, jobs: 10 },
});

const policy = flow({
  ...{ targetWaitSeconds: 60, podStartSeconds: 10, maxReplicas: 100 },
  behavior: { scaleDown: { stabilizationWindowSeconds: 0 } },
});

const decided = (backlog: Partial<Backlog>, measures?: Measures, current = 0) =>
  decide(policy, {
    reading: { ready: 0, unacked: 0, at: now, ...backlog },
    ...{ current, now },
    history: measures === undefined ? emptyHistory : { ...emptyHistory, measures },
  });

describe('flow', () => {
  it('has replicas for what arrives and for what lies there above that', () => {
    // 0.4 x 5 / 0.8 = 2.5; (15 - 2.5) / 11 = 1.1
    expect(decided({ ready: 12, unacked: 3 }, known(0.4, 5))).toEqual({
      replicas: 4,
      reason: 'DesiredWithinRange',
      message: '0.4 jobs/s x 5 s / 0.8 + 12.5 above that / 11 a replica: 4 replicas.',
    });
  });

  it('keeps the replicas of the flow while no message lies there, and none for a trickle', () => {
    expect(decided({}, known(2, 5), 13).replicas).toBe(13);
    expect(decided({}, known(0.05, 5), 1).replicas).toBe(0);
  });

  it('opens for a single message, whatever the rate', () => {
    expect(decided({ ready: 1 }).replicas).toBe(1);
  });

  it('takes no replica that has a message in work', () => {
    expect(decided({ unacked: 7 }, known(0, 5), 9)).toMatchObject({ replicas: 7, reason: 'WorkInHand' });
    expect(decided({ unacked: 70 }, known(0, 5), 9).replicas).toBe(9);
  });

  it('takes none away until its rate is known', () => {
    expect(decided({}, undefined, 9)).toMatchObject({ replicas: 9, reason: 'MeasurementPending' });
    expect(decided({}, known(0, 5, 100), 9)).toMatchObject({ replicas: 9, reason: 'MeasurementPending' });
    expect(decided({ ready: 200 }, known(0, 5, 100), 9).replicas).toBeGreaterThan(9);
  });

  it('never gets fewer replicas from a higher rate or a longer backlog', () => {
    const rate = fc.double({ min: 0, max: 50, noNaN: true });
    const messages = fc.nat(1000);
    fc.assert(
      fc.property(
        flows,
        fc.tuple(rate, rate),
        fc.tuple(messages, messages, messages, messages),
        fc.nat(100),
        (given, [slow, more], [ready, unacked, moreReady, moreUnacked], current) => {
          const replicas = (perSecond: number, r: number, u: number): number =>
            decide(given, {
              reading: { ready: r, unacked: u, at: now },
              ...{ current: Math.min(given.maxReplicas, Math.max(given.minReplicas, current)), now },
              history: { ...emptyHistory, measures: known(perSecond, 5) },
            }).replicas;
          const least = replicas(slow, ready, unacked);
          expect(replicas(slow + more, ready, unacked)).toBeGreaterThanOrEqual(least);
          expect(replicas(slow, ready + moreReady, unacked + moreUnacked)).toBeGreaterThanOrEqual(least);
        },
      ),
    );
  });
});

describe('drain to a wait', () => {
  const decidedBy = (policy: ReturnType<typeof drain>, ready: number) =>
    decide(policy, { reading: { ready, unacked: 0, at: now }, current: 0, history: emptyHistory, now });

  it('counts the jobs that a replica begins in time', () => {
    const within = drain({
      sloSeconds: 60,
      sloOf: 'wait',
      meanServiceSeconds: 20,
      podStartSeconds: 10,
      maxReplicas: 100,
    });
    // In the 50 s after its start a replica begins jobs at 0, 20 and 40 s.
    expect(decidedBy(within, 9)).toMatchObject({
      replicas: 3,
      message: '9 messages / 3 that a replica begins in 50 s: 3 replicas.',
    });
  });

  it('asks for a replica a job where none can begin a second one in time', () => {
    const tight = { sloSeconds: 5, meanServiceSeconds: 20, podStartSeconds: 10, maxReplicas: 100 };
    expect(() => drain(tight)).toThrow("'podStartSeconds' (10) must be below 'sloSeconds' (5)");
    expect(decidedBy(drain({ ...tight, sloOf: 'wait' }), 7).replicas).toBe(7);
  });
});
