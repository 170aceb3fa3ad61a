import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decimalOf } from './metrics.ts';

it.each([
  ['0', 0],
  ['-0.5', -0.5],
  ['+7', 7],
  ['.5', 0.5],
  ['5.', 5],
  ['1e3', 1000],
  ['1.5E-3', 0.0015],
  ['007', 7],
])('%j is a number', (text, value) => expect(decimalOf(text)).toBe(value));

it.each([
  '',
  ' ',
  ' 1',
  '1 ',
  '1\n',
  '0x1F',
  '0b1',
  '1_000',
  '1,5',
  '.',
  '+',
  'e3',
  '1e',
  'NaN',
  'Infinity',
  '1e999',
])('%j is none', (text) => expect(decimalOf(text)).toBeUndefined());

it('is every finite number as it is written', () => {
  const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(finite, (value) => {
      expect(decimalOf(String(value))).toBe(value === 0 ? 0 : value);
    }),
  );
});

it('takes no time for a long text', () => {
  expect(decimalOf('1'.repeat(10_000_000))).toBeUndefined();
});
