import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareQuantities, wholeAmountOf } from './quantities.ts';

describe('quantities', () => {
  it.each([
    ['1000m', '1'],
    ['1Gi', '1024Mi'],
    ['1Gi', 1073741824],
    ['0.5', '500m'],
    ['.5', '500m'],
    ['1e3', '1k'],
    ['1E', '1000P'],
    ['1E3', '1k'],
    ['0', '0Gi'],
    ['+1', 1],
    ['100n', '0.1u'],
    ['9007199254740993', 9007199254740993n],
  ])('%s is %s', (left, right) => {
    expect(compareQuantities(left, right)).toBe(0);
  });

  it.each([
    ['999m', '1'],
    ['1G', '1Gi'],
    ['-1', '0'],
    ['1023Mi', '1Gi'],
    ['9007199254740992', '9007199254740993'],
  ])('%s is less than %s', (left, right) => {
    expect(compareQuantities(left, right)).toBeLessThan(0);
    expect(compareQuantities(right, left)).toBeGreaterThan(0);
  });

  it.each(['', 'one', '1gi', '1 Gi', '1e999999999', '.', true, null, undefined, Number.NaN])(
    '%s is none',
    (value) => {
      expect(compareQuantities(value, '1')).toBeUndefined();
    },
  );

  it('are the same in thousandths', () => {
    fc.assert(
      fc.property(fc.integer(), (count) => {
        expect(compareQuantities(count, `${count}000m`)).toBe(0);
      }),
    );
  });
});

describe('a quantity as a number', () => {
  it.each([
    ['1Gi', 1024 ** 3],
    ['20k', 20_000],
    ['1500m', 1],
  ])('%s is %s whole units', (quantity, number) => {
    expect(wholeAmountOf(quantity)).toBe(number);
  });

  it('is refused where it is none', () => {
    expect(() => wholeAmountOf('much')).toThrow("'much' is no quantity such as 1Gi");
  });
});
