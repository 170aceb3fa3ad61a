import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from '../../test/support/properties.ts';
import { type Arrivals, parseTrace, TraceError } from '../index.ts';
import { countsOf, poisson, randomAt, randomOf } from './arrivals.ts';

const counts = (arrivals: Arrivals, seconds: number, startSeconds = 0, seed = 1): number[] => [
  ...countsOf(arrivals, { seconds, seed, startSeconds }),
];
const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

describe('arrivals', () => {
  it('bursts come all at once', () => {
    expect(counts({ kind: 'bursts', jobs: 100, everySeconds: 3, firstAtSeconds: 1 }, 6)).toEqual([
      0, 100, 0, 0, 100, 0,
    ]);
  });

  it('a constant rate below one a second is one job now and then', () => {
    expect(counts({ kind: 'constant', perSecond: 0.4 }, 5)).toEqual([0, 0, 1, 0, 1]);
  });

  it('a sine has its peak, its trough and its mean', () => {
    const day = counts({ kind: 'sine', meanPerSecond: 10, amplitude: 1, periodSeconds: 100 }, 100);
    expect(sum(day)).toBe(1000);
    expect([day[25], day[75]]).toEqual([20, 0]);
  });

  it.each([0.5, 20, 1200])('poisson of %d a second has that mean and that variance', (perSecond) => {
    const seen = counts({ kind: 'poisson', perSecond }, 5000);
    const mean = sum(seen) / seen.length;
    const variance = sum(seen.map((n) => (n - mean) ** 2)) / seen.length;
    expect(mean / perSecond).toBeCloseTo(1, 1);
    expect(variance / perSecond).toBeCloseTo(1, 0);
  });

  it('a trace is shifted to where the simulation begins and cut to its length', () => {
    const trace = parseTrace('100,1\n102,2\n102,3\n200,9');
    expect(counts(trace, 5, 100)).toEqual([1, 0, 5, 0, 0]);
    expect(counts(trace, 3, 101)).toEqual([0, 5, 0]);
  });
});

describe('randomness', () => {
  it('is the same for the same seed, and spread over [0, 1)', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const [first, second] = [randomOf(seed), randomOf(seed)];
        const numbers = Array.from({ length: 1000 }, first);
        expect(numbers).toEqual(Array.from({ length: 1000 }, second));
        expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
        expect(Math.max(...numbers)).toBeLessThan(1);
        expect(Math.abs(sum(numbers) / 1000 - 0.5)).toBeLessThan(0.06);
      }),
      { numRuns: runs(50) },
    );
  });

  it('of one job is its own: uniform over the jobs, other for another seed', () => {
    const numbers = Array.from({ length: 10_000 }, (_, index) => randomAt(7, index));
    expect(sum(numbers) / numbers.length).toBeCloseTo(0.5, 1);
    expect(new Set(numbers).size).toBeGreaterThan(9990);
    expect(randomAt(8, 0)).not.toBe(numbers[0]);
  });

  it('poisson of 0 is 0', () => {
    expect(poisson(0, randomOf(1))).toBe(0);
  });
});

describe('parseTrace', () => {
  it('reads lines with or without a header, a carriage return or a blank end', () => {
    const entries = [
      { epochSeconds: 1_700_000_000, count: 100 },
      { epochSeconds: 1_700_000_600, count: 0 },
    ];
    for (const text of [
      'epoch-seconds,count\n1700000000,100\n1700000600,0\n',
      '1700000000, 100\r\n1700000600, 0\r\n\r\n',
    ]) {
      expect(parseTrace(text)).toEqual({ kind: 'trace', entries });
    }
  });

  it('names the line of every fault', () => {
    const faults = (text: string): readonly string[] => {
      try {
        parseTrace(text);
        return [];
      } catch (error) {
        return error instanceof TraceError ? error.faults : [String(error)];
      }
    };
    expect(faults('time,count\n20,1\n19,1\n21\n22,-1\nx,1\n23,1.5')).toEqual([
      "line 3: 'epoch-seconds' (19) must not be before 20",
      "line 4: '21' must be 'epoch-seconds,count'",
      "line 5: 'count' (-1) must be a whole number from 0 to 1000000000",
      "line 6: 'epoch-seconds' (x) must be a whole number from 0 to 253402300799",
      "line 7: 'count' (1.5) must be a whole number from 0 to 1000000000",
    ]);
    expect(faults('epoch-seconds,count\n')).toEqual(['line 1: a trace must hold at least one entry']);
    expect(faults('x\n'.repeat(40)).at(-1)).toBe('and 19 more');
  });
});

it.each([
  ['1700000000000000,1', "'epoch-seconds' (1700000000000000) must be"],
  ['1,9007199254740991', "'count' (9007199254740991) must be"],
  [`1,${'9'.repeat(400)}`, `'count' (${'9'.repeat(60)}...) must be`],
])('refuses what is no instant and no count: %s', (text, fault) => {
  expect(() => parseTrace(text)).toThrow(fault);
});
