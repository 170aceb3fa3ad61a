import fc from 'fast-check';
import { expect, it } from 'vitest';
import { runs } from '../../test/support/properties.ts';
import { Progress } from './progress.ts';

const drain = (progress: Progress): number[] => {
  const indices: number[] = [];
  for (let index = progress.next(); index !== undefined; index = progress.next()) indices.push(index);
  return indices;
};

it('gives every job once, in order', () => {
  const progress = new Progress(4);
  expect(drain(progress)).toEqual([0, 1, 2, 3]);
  expect([progress.unconfirmed, progress.settled]).toEqual([4, false]);
});

it('gives again what a lost connection left unconfirmed, and nothing else', () => {
  const progress = new Progress(4);
  drain(progress);
  progress.acknowledged(1);
  progress.returnedUnroutable(2);
  progress.acknowledged(2);
  progress.sendAgain();
  expect(drain(progress)).toEqual([0, 3]);
});

it('gives a refused job again before others, and only that one', () => {
  const progress = new Progress(4);
  progress.next();
  progress.next();
  progress.refusedByBroker(0);
  expect([progress.unconfirmed, progress.refused]).toEqual([1, 1]);
  expect(drain(progress)).toEqual([0, 2, 3]);
  progress.refusedByBroker(3);
  progress.sendAgain();
  expect(drain(progress)).toEqual([0, 1, 2, 3]);
});

it('counts a returned job as returned, although the broker confirms it too', () => {
  const progress = new Progress(1);
  drain(progress);
  progress.returnedUnroutable(0);
  progress.acknowledged(0);
  expect([progress.confirmed, progress.returned, progress.settled]).toEqual([0, 1, true]);
});

/** What can happen to a run; each keeps the list of what is sent and not confirmed. */
const events = {
  next: (progress: Progress, sent: readonly number[]) => {
    const index = progress.next();
    return index === undefined ? sent : [...sent, index];
  },
  lost: (progress: Progress) => {
    progress.sendAgain();
    return [];
  },
  confirmed: (progress: Progress, [first, ...rest]: readonly number[]) => {
    if (first !== undefined) progress.acknowledged(first);
    return rest;
  },
  refused: (progress: Progress, [first, ...rest]: readonly number[]) => {
    if (first !== undefined) progress.refusedByBroker(first);
    return rest;
  },
  returned: (progress: Progress, sent: readonly number[]) => {
    const [first] = sent;
    if (first !== undefined) progress.returnedUnroutable(first);
    return events.confirmed(progress, sent);
  },
};

/** Jobs that are still to be published, by taking them all and giving them back. */
function pendingOf(progress: Progress): number {
  const open = progress.unconfirmed;
  const pending = drain(progress).length;
  expect(progress.unconfirmed).toBe(open + pending);
  return pending;
}

it('has every job in exactly one place, whatever the order of confirms and returns, late and doubled ones too', () => {
  const index = fc.nat(9);
  const happenings = fc.oneof(
    fc.constant((progress: Progress) => void progress.next()),
    fc.constant((progress: Progress) => progress.sendAgain()),
    index.map((job) => (progress: Progress) => progress.acknowledged(job)),
    index.map((job) => (progress: Progress) => progress.returnedUnroutable(job)),
  );
  fc.assert(
    fc.property(fc.array(happenings, { maxLength: 100 }), (history) => {
      const progress = new Progress(10);
      for (const happen of history) happen(progress);
      const { confirmed, returned, unconfirmed } = progress;
      expect(confirmed + returned + unconfirmed + pendingOf(progress)).toBe(10);
    }),
    { numRuns: runs(300) },
  );
});

it('conserves jobs whatever happens, and is settled exactly when none is open', () => {
  const event = fc.constantFrom(...Object.values(events));
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.array(event, { maxLength: 100 }), (jobs, history) => {
      const progress = new Progress(jobs);
      let sent: readonly number[] = [];
      for (const happen of history) {
        sent = happen(progress, sent);
        expect(progress.unconfirmed).toBe(sent.length);
        expect(progress.settled).toBe(progress.confirmed + progress.returned === jobs);
      }
    }),
  );
});
