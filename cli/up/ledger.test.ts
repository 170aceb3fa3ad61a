import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Ledger, percentile, type ServiceLine } from './ledger.ts';

const processed = (jobId: string, outcome = 'succeeded'): ServiceLine => ({
  msg: 'job processed',
  jobId,
  outcome,
  redelivered: false,
  waitSeconds: 1,
  time: 0,
});

function ledgerOf(jobs: number): Ledger {
  const ledger = new Ledger();
  ledger.announce('run-1', jobs);
  ledger.record({ msg: 'run confirmed', runId: 'run-1', jobs, confirmed: jobs });
  return ledger;
}

test('balances when every published job is confirmed and done exactly once', () => {
  const ledger = ledgerOf(2);
  ledger.record(processed('run-1-0'));
  expect(ledger.settled).toBe(false);
  ledger.record(processed('run-1-1'));
  expect(ledger).toMatchObject({ settled: true, balanced: true, lost: 0, duplicated: 0 });
});

test('a job done twice is a duplicate, and the balance is off', () => {
  const ledger = ledgerOf(1);
  ledger.record(processed('run-1-0'));
  ledger.record(processed('run-1-0'));
  expect(ledger).toMatchObject({ processed: 1, duplicated: 1, settled: true, balanced: false });
});

test('a parked job is not lost, and not done either', () => {
  const ledger = ledgerOf(1);
  ledger.record(processed('run-1-0', 'parked'));
  expect(ledger).toMatchObject({ lost: 0, processed: 0, settled: true, balanced: false });
});

test("another run's jobs on a borrowed broker do not count", () => {
  const ledger = ledgerOf(1);
  ledger.record(processed('someone-elses-0'));
  expect(ledger).toMatchObject({ processed: 0, lost: 1 });
});

test('confirmed = processed + lost, whatever is done in whatever order', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), fc.array(fc.nat(49)), (jobs, done) => {
      const ledger = ledgerOf(jobs);
      for (const index of done.filter((each) => each < jobs)) ledger.record(processed(`run-1-${index}`));
      expect(ledger.processed + ledger.lost).toBe(jobs);
    }),
  );
});

test('a percentile is one of the values, by nearest rank', () => {
  expect(percentile([5, 1, 4, 2, 3], 0.5)).toBe(3);
  expect(percentile([1, 2], 0.99)).toBe(2);
  expect(percentile([], 0.5)).toBeNaN();
});
