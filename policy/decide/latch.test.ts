import { describe, expect, it } from 'vitest';
import { decide, emptyHistory, latch, remember, schedule } from '../index.ts';
import { follow, polls, reasonsOf, replicasOf } from '../testing/follow.ts';

/** The source system: ready > 100 -> 25, empty -> 0. */
const literal = latch({ replicas: 25, startWhen: { readyAbove: 100 }, stopWhen: 'ready-empty' });
const corrected = latch({ replicas: 25, startWhen: { readyAtLeast: 100, oldestWaitSeconds: 60 } });

describe('first fault: exactly 100 jobs never start', () => {
  it('the literal rule waits for the 101st', () => {
    expect(replicasOf(follow(literal, polls([100, 0], [101, 0])))).toEqual([0, 25]);
  });

  it('the corrected latch starts at the mark', () => {
    const decisions = follow(corrected, polls([99, 0], [100, 0]));
    expect(decisions.at(-1)).toEqual({
      replicas: 25,
      reason: 'BacklogReachedMark',
      message: '100 messages ready reached the mark of 100: opening to 25 replicas.',
    });
    expect(replicasOf(decisions)).toEqual([0, 25]);
  });
});

describe('second fault: a residue below the mark waits indefinitely', () => {
  const residue = polls(...Array.from({ length: 20 }, () => [7, 0] as const));

  it('the literal rule leaves 7 jobs alone', () => {
    expect(new Set(reasonsOf(follow(literal, residue)))).toEqual(new Set(['LatchHeldClosed']));
  });

  it('the corrected latch opens once they were seen waiting for 60 s, and says that this is a lower bound', () => {
    const decisions = follow(corrected, residue);
    // First seen at 5 s; 65 s is poll 13.
    expect(replicasOf(decisions).indexOf(7)).toBe(12);
    expect(decisions[12]?.message).toBe(
      'The oldest of 7 ready messages waits 60 s (a lower bound: since first sight), the limit is 60 s: opening to 7 replicas.',
    );
  });

  it('believes the broker before its own first sight', () => {
    const reading = { ready: 7, unacked: 0, oldestWaitSeconds: 61.5, at: 5000 };
    const decision = decide(corrected, { reading, current: 0, history: emptyHistory, now: 5000 });
    expect(decision.reason).toBe('OldestWaitExceeded');
    expect(decision.message).toContain('waits 61.5 s (as the broker says)');
  });

  it('believes its own first sight before a broker that says less', () => {
    const told = residue.map((polled) => ({
      ...polled,
      reading: { ...polled.reading, oldestWaitSeconds: 0 },
    }));
    const decisions = follow(corrected, told);
    expect(replicasOf(decisions).indexOf(7)).toBe(12);
    expect(decisions[12]?.message).toContain('waits 60 s (a lower bound: since first sight)');
  });

  it('trusts the age of the broker where consumers are busy: the first sight may be of messages long done', () => {
    const policy = latch({
      replicas: 25,
      minReplicas: 1,
      startWhen: { readyAtLeast: 100, oldestWaitSeconds: 60 },
    });
    const history = { ...emptyHistory, waitingSince: 0 };
    const reading = { ready: 7, unacked: 1, oldestWaitSeconds: 3, at: 100_000 };
    expect(decide(policy, { reading, current: 1, history, now: 100_000 })).toMatchObject({ replicas: 1 });
  });

  it('measures a new wait after the queue was empty', () => {
    const gap = polls(...Array.from({ length: 20 }, (_, poll) => [poll === 8 ? 0 : 7, 0] as const));
    // Seen again at poll 10 (50 s): 60 s later is poll 22, beyond these 20.
    expect(new Set(replicasOf(follow(corrected, gap)))).toEqual(new Set([0]));
  });

  it('goes on measuring through readings that failed', () => {
    const holes = residue.map((polled, poll) =>
      poll % 3 === 1 ? { ...polled, reading: { missing: 'timeout' } } : polled,
    );
    expect(replicasOf(follow(corrected, holes)).indexOf(7)).toBe(12);
  });

  it('does not open for the age of an empty queue', () => {
    const reading = { ready: 0, unacked: 0, oldestWaitSeconds: 900, at: 5000 };
    const decision = decide(corrected, { reading, current: 0, history: emptyHistory, now: 5000 });
    expect(decision.reason).toBe('LatchHeldClosed');
  });
});

describe('third fault: closing at ready == 0 kills work in flight', () => {
  const tail = polls([0, 25], [0, 3], [0, 0], [0, 0]);

  it('the literal rule closes on 25 jobs in flight', () => {
    expect(follow(literal, tail, { current: 25 })[0]).toEqual({
      replicas: 0,
      reason: 'BacklogDrained',
      message: '0 messages ready (25 unacked): closing to 0 replicas.',
    });
  });

  it('the corrected latch closes when nothing is ready nor unacked, twice in a row', () => {
    const decisions = follow(corrected, tail, { current: 25 });
    expect(reasonsOf(decisions)).toEqual([
      'LatchHeldOpen',
      'LatchHeldOpen',
      'DrainUnconfirmed',
      'BacklogDrained',
    ]);
    expect(replicasOf(decisions)).toEqual([25, 25, 25, 0]);
  });

  it('the same reading seen twice confirms nothing', () => {
    const once = { ready: 0, unacked: 0, at: 1000 };
    const cached = [
      { now: 1000, reading: once },
      { now: 6000, reading: once },
      { now: 11_000, reading: { ...once, at: 11_000 } },
    ];
    expect(replicasOf(follow(corrected, cached, { current: 25 }))).toEqual([25, 25, 0]);
  });

  it.each([
    ['a job between them', [0, 1] as const],
    ['a message between them', [1, 0] as const],
  ])('two drained readings with %s are not in a row', (_, between) => {
    const decisions = follow(corrected, polls([0, 0], between, [0, 0], [0, 0]), { current: 25 });
    expect(replicasOf(decisions)).toEqual([25, 25, 25, 0]);
  });

  it('nor are they with a failed reading between them', () => {
    const [first, , third, fourth] = polls([0, 0], [0, 0], [0, 0], [0, 0]);
    const lost = { now: 10_000, reading: { missing: 'timeout' } };
    const life = [first, lost, third, fourth].filter((polled) => polled !== undefined);
    expect(replicasOf(follow(corrected, life, { current: 25 }))).toEqual([25, 25, 25, 0]);
  });

  it('a drained reading of long ago, kept by a scaler that slept, confirms nothing', () => {
    const history = { ...emptyHistory, drainedAt: 0 };
    const now = 121_000; // more than twice 60 s later
    const situation = { reading: { ready: 0, unacked: 0, at: now }, current: 25, history, now };
    expect(decide(corrected, situation).reason).toBe('DrainUnconfirmed');
  });
});

describe('a latch that is open', () => {
  it('stays open below the mark until it is drained', () => {
    const decisions = follow(corrected, polls([150, 0], [125, 25], [40, 25], [1, 25], [0, 1]));
    expect(replicasOf(decisions)).toEqual([25, 25, 25, 25, 25]);
  });

  it('goes on after a restart without a memory: the count is the state', () => {
    expect(
      decide(corrected, {
        reading: { ready: 40, unacked: 25, at: 5000 },
        current: 25,
        history: emptyHistory,
        now: 5000,
      }).reason,
    ).toBe('LatchHeldOpen');
  });

  it('rises to N through a rate limit even when the backlog falls below the mark on the way', () => {
    const slow = latch({
      replicas: 25,
      startWhen: { readyAtLeast: 100 },
      behavior: { scaleUp: { policies: [{ type: 'Pods', value: 10, periodSeconds: 5 }] } },
    });
    expect(replicasOf(follow(slow, polls([100, 0], [90, 10], [70, 20], [50, 25])))).toEqual([10, 20, 25, 25]);
  });
});

describe('a latch with a floor', () => {
  const floored = latch({ replicas: 25, minReplicas: 2, startWhen: { readyAtLeast: 100 } });

  it('is closed at the floor and goes back to it', () => {
    const decisions = follow(floored, polls([50, 2], [100, 2], [0, 0], [0, 0], [50, 2]), { current: 2 });
    expect(replicasOf(decisions)).toEqual([2, 25, 25, 2, 2]);
  });

  it('says that the wait is taken from a queue not empty since, because consumers are busy', () => {
    const aged = latch({
      ...{ replicas: 25, minReplicas: 2 },
      startWhen: { readyAtLeast: 100, oldestWaitSeconds: 5 },
    });
    const [, second] = follow(aged, polls([9, 2], [9, 2]), { current: 2 });
    expect(second?.message).toContain('waits 5 s (taken from the first sight of a queue not empty since)');
  });

  it('is not thrown open by the replicas a schedule window leaves behind, and does not kill their work', () => {
    const office = schedule({
      policy: corrected,
      timeZone: 'UTC',
      windows: [{ start: '0 8 * * *', end: '0 18 * * *', minReplicas: 5 }],
    });
    const at = Date.parse('2026-11-20T18:00:00Z');
    const life = (
      [
        [3, 5],
        [0, 2],
        [0, 0],
        [0, 0],
      ] as const
    ).map(([ready, unacked], poll) => {
      const now = at + poll * 5000;
      return { now, reading: { ready, unacked, at: now } };
    });
    expect(replicasOf(follow(office, life, { current: 5 }))).toEqual([5, 5, 5, 0]);
  });
});

it('the history of a latch stays a handful of bytes', () => {
  const situation = {
    reading: { ready: 7, unacked: 0, at: 5000 },
    current: 0,
    history: emptyHistory,
    now: 5000,
  };
  expect(remember(corrected, situation, decide(corrected, situation))).toEqual({
    since: 5000,
    until: 5000,
    waitingSince: 5000,
    recommendations: [],
    changes: [],
  });
});
