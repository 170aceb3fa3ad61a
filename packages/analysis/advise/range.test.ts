import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jobsIn } from './arrivals.ts';
import { arrivalsOf, type Sample } from './range.ts';

const at = Date.UTC(2026, 10, 29) / 1000;
const labels = { __name__: 'published_total', queue: 'jobs' };

/** Values of a counter every 15 s; undefined: no sample. */
const counted = (...values: readonly (number | undefined)[]) => {
  const samples = values.flatMap((value, index): Sample[] =>
    value === undefined ? [] : [[at + 15 * index, value]],
  );
  return arrivalsOf('published_total', [{ labels, samples }], 15);
};

describe('a counter of what arrives', () => {
  it('adds evenly over a step', () => {
    const { recorded, notes } = counted(10, 13, 13, 28);
    expect(recorded.startSeconds).toBe(at);
    expect(
      [...recorded.counts.subarray(0, 15)]
        .map((count, second) => (count > 0 ? second : -1))
        .filter((s) => s >= 0),
    ).toEqual([4, 9, 14]);
    expect([...recorded.counts.subarray(15, 30)]).toEqual(Array(15).fill(0));
    expect([...recorded.counts.subarray(30, 45)]).toEqual(Array(15).fill(1));
    expect(notes).toEqual([]);
  });

  it('loses no job and invents none', () => {
    const steps = fc.array(fc.nat(200), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(steps, fc.nat(1000), (added, start) => {
        const values = [start];
        for (const step of added) values.push((values.at(-1) ?? 0) + step);
        expect(jobsIn(counted(...values).recorded)).toBe(added.reduce((a, b) => a + b, 0));
      }),
    );
  });

  it('that restarts has added what it shows since, and a note says so', () => {
    const { recorded, notes } = counted(1000, 1010, 4, 9);
    expect(jobsIn(recorded)).toBe(10 + 4 + 5);
    expect(notes).toEqual(['The counter began anew at 2026-11-29 00:00:30 UTC.']);
  });

  it('may lack a scrape or two', () => {
    expect(jobsIn(counted(0, undefined, undefined, 6).recorded)).toBe(6);
  });
});

describe('what is refused', () => {
  it('is a query without a series', () => {
    expect(() => arrivalsOf("'--query' (nothing_total)", [], 15)).toThrow(
      "'--query' (nothing_total) has no series in this span: is it the name of a counter, and was it scraped?",
    );
  });

  it('is one of several, by their labels', () => {
    const series = ['a', 'b'].map((queue) => ({ labels: { queue }, samples: [] }));
    expect(() => arrivalsOf("'--query' (x_total)", series, 15)).toThrow(
      /has 2 series, and arrivals are one: .*\{queue="a"\}, \{queue="b"\}/,
    );
  });

  it('is a gap, from when to when', () => {
    expect(() => counted(0, 1, undefined, undefined, undefined, undefined, undefined, 2)).toThrow(
      /has no samples from 2026-11-29 00:00:15 UTC to 2026-11-29 00:01:45 UTC: what arrived then is not known/,
    );
  });

  it('is a gauge, or a sum of which a part went', () => {
    expect(() => counted(1000, 1010, 500, 510)).toThrow(
      /falls from 1010 to 500 at 2026-11-29 00:00:30 UTC and does not begin anew/,
    );
  });

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY])('is %d', (value) => {
    expect(() => counted(0, value, 2)).toThrow(`is ${value} at 2026-11-29 00:00:15 UTC`);
  });

  it('is a single sample', () => expect(() => counted(5)).toThrow('has 1 samples in this span'));
});
