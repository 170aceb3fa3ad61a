import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLOCK_SKEW_MS, instantOf } from './fields.ts';

const NOW = Date.parse('2026-11-25T12:00:00Z');

describe('an instant', () => {
  it('is the same in every unit', () => {
    const past = fc.integer({ min: Date.parse('2001-09-09T02:00:00Z'), max: NOW });
    fc.assert(
      fc.property(past, (ms) => {
        const seconds = Math.floor(ms / 1000);
        expect(instantOf(seconds, NOW)).toBe(seconds * 1000);
        expect(instantOf(ms, NOW)).toBe(ms);
        expect(instantOf(BigInt(ms) * 1000n, NOW)).toBe(ms);
        expect(instantOf(String(BigInt(ms) * 1_000_000n), NOW)).toBeCloseTo(ms, 0);
      }),
    );
  });

  it('of a metric may have a fraction', () => {
    expect(instantOf(1_795_000_000.25, NOW)).toBe(1_795_000_000_250);
  });

  it('that is ahead by the skew of two clocks is now, by more it is rejected', () => {
    expect(instantOf(NOW + CLOCK_SKEW_MS, NOW)).toBe(NOW);
    expect(instantOf((NOW + CLOCK_SKEW_MS) / 1000, NOW)).toBe(NOW);
    expect(instantOf(NOW + CLOCK_SKEW_MS + 1, NOW)).toBeUndefined();
    expect(instantOf(NOW / 1000 + 600, NOW)).toBeUndefined();
  });

  it.each([
    0,
    -1,
    1,
    999_999_999,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1e30,
    '',
    ' ',
    '0x1F',
    '1e12',
    'now',
    null,
    undefined,
    {},
    [NOW],
  ])('is not %j', (value) => {
    expect(instantOf(value, NOW)).toBeUndefined();
  });

  it('is never after now, whatever the number is', () => {
    const number = fc.oneof(fc.double(), fc.bigInt(), fc.string(), fc.maxSafeInteger());
    fc.assert(
      fc.property(number, (value) => {
        expect(instantOf(value, NOW) ?? NOW).toBeLessThanOrEqual(NOW);
      }),
    );
  });
});
