import fc from 'fast-check';
import { expect, it } from 'vitest';
import { runs } from '../../test/support/properties.ts';
import { decide, drain, emptyHistory, latch, type Reading } from '../index.ts';
import { inSeconds } from './decision-input.ts';

const now = 1_700_000_000_000;
const messageOf = (policy: Parameters<typeof decide>[0], reading: Reading, current = 0) =>
  decide(policy, { reading, current, history: emptyHistory, now }).message;

it('a wait is written with one decimal of a second', () => {
  const policy = latch({ replicas: 25, startWhen: { readyAtLeast: 100, oldestWaitSeconds: 60 } });
  const reading = { ready: 7, unacked: 0, oldestWaitSeconds: 62.82699990272, at: now };
  expect(messageOf(policy, reading)).toBe(
    'The oldest of 7 ready messages waits 62.8 s (as the broker says), the limit is 60 s: opening to 7 replicas.',
  );
});

it.each([
  [62.82699990272, '62.8 s'],
  [60, '60 s'],
  [0.5, '0.5 s'],
  [0.02, '20 ms'],
  [0.00012, '0.1 ms'],
  [0, '0 s'],
  [1.05, '1.1 s'],
])('%d seconds are %s', (value, text) => expect(inSeconds(value)).toBe(text));

it('no message writes seconds with more than one decimal', () => {
  const seconds = fc.double({ min: 0.001, max: 1e5, noNaN: true });
  const readings = fc.oneof(
    fc.record({ ready: fc.nat(200), unacked: fc.nat(30), oldestWaitSeconds: seconds, at: fc.constant(now) }),
    fc.record({ ready: fc.nat(200), unacked: fc.nat(30), at: seconds.map((ago) => now - 1000 * ago) }),
    fc.record({ ready: fc.nat(200), unacked: fc.nat(30), at: seconds.map((ahead) => now + 1000 * ahead) }),
  );
  const policies = fc.tuple(seconds, seconds, seconds, seconds).chain(([a, b, c, d]) =>
    fc.constantFrom(
      latch({ replicas: 25, staleAfterSeconds: a, startWhen: { readyAtLeast: 100, oldestWaitSeconds: b } }),
      drain({
        maxReplicas: 25,
        staleAfterSeconds: a,
        sloSeconds: b + c,
        podStartSeconds: c,
        meanServiceSeconds: d,
      }),
    ),
  );
  fc.assert(
    fc.property(policies, readings, fc.nat(25), (policy, reading, current) => {
      expect(messageOf(policy, reading, current)).not.toMatch(/\d\.\d{2}/);
    }),
    { numRuns: runs(300) },
  );
});
