import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CLOCK_SKEW_MS, instantOf, parseInstant } from './instant.ts';

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

describe('an instant that is written', () => {
  it('is read as it is written, whatever its zone and its digits', () => {
    const whole = fc.integer({ min: 0, max: Date.parse('9999-12-31T23:59:59Z') / 1000 });
    fc.assert(
      fc.property(whole, fc.integer({ min: 0, max: 999_999_999 }), (seconds, nanoseconds) => {
        const text = `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${String(nanoseconds).padStart(9, '0')}Z`;
        expect(parseInstant(text)).toBe(seconds * 1000 + Math.floor(nanoseconds / 1_000_000));
      }),
    );
    expect(parseInstant('2026-11-29T15:10:00+01:00')).toBe(parseInstant('2026-11-29T14:10Z'));
  });

  it.each([
    ...['', '7', '2026', '2026-11-29', '2026-11-29T15:10:00', 'Nov 29 2026', '1764428400', 'now'],
    ...['2026-02-30T00:00:00Z', '2026-13-01T00:00:00Z', '2026-11-29T25:00:00Z', '2026-11-29T15:61:00Z'],
    ...['1969-12-31T23:59:59Z', '+012026-11-29T15:10:00Z', ' 2026-11-29T15:10:00Z', '0001-01-01T00:00:00Z'],
    ...[undefined, null, 0, Number.NaN, {}, new Date(0)],
  ])('is none: %j', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });

  it('is none or within dates, whatever the text is', () => {
    const texts = fc.oneof(
      fc.string(),
      fc.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const at = parseInstant(text) ?? 0;
        expect(at).toBeGreaterThanOrEqual(0);
        expect(new Date(at).toISOString()).toMatch(/^(\+01)?\d{4}-/);
      }),
    );
  });
});
