import { describe, expect, it } from 'vitest';
import { decide, emptyHistory, latch, type Reading } from '../index.ts';

const now = 10_000_000;
const policy = latch({
  replicas: 25,
  startWhen: { readyAtLeast: 100 },
  stopWhen: 'ready-empty',
  staleAfterSeconds: 30,
});
const decideOn = (reading: Reading) => decide(policy, { reading, current: 25, history: emptyHistory, now });

describe('a reading that cannot be trusted changes nothing', () => {
  it.each([
    [{ missing: 'HTTP 503' }, 'ReadingMissing', 'No reading (HTTP 503); staying at 25 replicas.'],
    [
      { ready: 0, unacked: 0, at: now - 30_100 },
      'ReadingStale',
      'The reading is 30.1 s old, older than 30 s; staying at 25 replicas.',
    ],
    [
      { ready: Number.NaN, unacked: 0, at: now },
      'ReadingInvalid',
      "The reading is invalid: 'ready' (NaN) must be a whole number of at least 0; staying at 25 replicas.",
    ],
    [
      { ready: 0, unacked: -1, at: now },
      'ReadingInvalid',
      "The reading is invalid: 'unacked' (-1) must be a whole number of at least 0; staying at 25 replicas.",
    ],
    [
      { ready: 0, unacked: 0, at: now + 6000 },
      'ReadingInvalid',
      "The reading is invalid: 'at' lies 6 s in the future; staying at 25 replicas.",
    ],
    [
      { ready: 0, unacked: 0, oldestWaitSeconds: Number.NaN, at: now },
      'ReadingInvalid',
      "The reading is invalid: 'oldestWaitSeconds' (NaN) must be at least 0; staying at 25 replicas.",
    ],
  ])('%j: %s', (reading, reason, message) => {
    expect(decideOn(reading)).toEqual({ replicas: 25, reason, message });
  });

  it.each([
    ['as old as the limit', now - 30_000],
    ['ahead by a small difference of clocks', now + 5000],
  ])('one %s still decides', (_, at) => {
    expect(decideOn({ ready: 0, unacked: 0, at }).replicas).toBe(0);
  });

  it('not even a count outside the bounds', () => {
    const decision = decide(policy, {
      reading: { missing: 'down' },
      current: 40,
      history: emptyHistory,
      now,
    });
    expect(decision.replicas).toBe(40);
  });
});
