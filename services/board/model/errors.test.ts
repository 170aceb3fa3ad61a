import fc from 'fast-check';
import { expect, it } from 'vitest';
import { errorTrends, type ReportSummary } from './errors.ts';

const HOUR = 3_600_000;
const NOW = 100 * 24 * HOUR;

const report = (
  hoursAgo: number,
  counts: Readonly<Record<string, number>>,
  namespace = 'shop',
): ReportSummary => ({
  ...{ namespace, start: NOW - hoursAgo * HOUR, lines: 1 },
  groups: Object.entries(counts).map(([fingerprint, count]) => ({
    ...{ fingerprint, count, pattern: `pattern ${fingerprint}`, lastSeen: NOW - hoursAgo * HOUR },
  })),
});

it('counts each error of the last day beside the day before, the new ones first', () => {
  const reports = [
    report(0.5, { a: 5, b: 1 }),
    report(2, { a: 7 }),
    report(30, { a: 3, c: 9 }),
    report(60, { b: 4 }),
  ];
  const trends = errorTrends(reports, NOW);
  expect(trends.map(({ fingerprint, count, before, isNew }) => [fingerprint, count, before, isNew])).toEqual([
    // Two days ago is too long ago: the error is new again.
    ['b', 1, 0, true],
    ['a', 12, 3, false],
  ]);
  expect(trends[1]?.hours.slice(-3)).toEqual([7, 0, 5]);
  expect(trends[1]?.window).toBe(NOW - 0.5 * HOUR);
});

it('loses no line of the last day, however reports are ordered', () => {
  const one = fc.tuple(
    fc.nat(47),
    fc.constantFrom('a', 'b'),
    fc.integer({ min: 1, max: 9 }),
    fc.constantFrom('x', 'y'),
  );
  fc.assert(
    fc.property(fc.array(one), (all) => {
      const trends = errorTrends(
        all.map(([hours, name, count, namespace]) => report(hours, { [name]: count }, namespace)),
        NOW,
      );
      const wanted = all.filter(([hours]) => hours < 24).reduce((sum, [, , count]) => sum + count, 0);
      expect(trends.reduce((sum, { count }) => sum + count, 0)).toBe(wanted);
      for (const { hours, count } of trends) expect(hours.reduce((sum, each) => sum + each, 0)).toBe(count);
    }),
  );
});
