import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amountOf, compareQuantities } from '../../manifests/quantities.ts';
import { quantityOf, resourceNames, sumOf } from './nodes.ts';

const amount = (quantity: string): bigint => amountOf(quantity) ?? -1n;

describe('amounts', () => {
  it.each([
    ['cpu', '0.5', '500m'],
    ['cpu', '2500m', '2.5'],
    ['cpu', '100u', '0.0001'],
    ['cpu', '0', '0'],
    ['memory', '3200Mi', '3.125Gi'],
    ['memory', '2880Mi', '2.8125Gi'],
    ['memory', '5320Mi', '5320Mi'],
    ['memory', '1G', '976562.5Ki'],
    ['memory', '100', '100'],
  ] as const)('of %s: %s is written %s', (resource, quantity, text) => {
    expect(quantityOf(resource, amount(quantity))).toBe(text);
  });

  it('are written as quantities of the same size', () => {
    const suffix = fc.constantFrom('n', 'u', 'm', '', 'k', 'M', 'G', 'Ki', 'Mi', 'Gi', 'Ti');
    fc.assert(
      fc.property(fc.nat(), suffix, fc.constantFrom(...resourceNames), (count, unit, resource) => {
        const quantity = `${count}${unit}`;
        expect(compareQuantities(quantityOf(resource, amount(quantity)), quantity)).toBe(0);
      }),
    );
  });

  it('are summed without an error, in whatever order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 1_000_000 })), (counts) => {
        const parts = counts.map((count) => ({ cpu: amount(`${count}m`), memory: amount(`${count}Ki`) }));
        const total = counts.reduce((sum, count) => sum + count, 0);
        const expected = { cpu: amount(`${total}m`), memory: amount(`${total}Ki`) };
        expect(sumOf(parts)).toEqual(expected);
        expect(sumOf(parts.toReversed())).toEqual(expected);
      }),
    );
  });
});
