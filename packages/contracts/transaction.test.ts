import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { balanceOf, requestDigest, transactionId } from './transaction.ts';

describe('the id of a transaction', () => {
  it('is a UUID of version 8, the same for the same key and position', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(99), (key, index) => {
        const id = transactionId(key, index);
        expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
        expect(transactionId(key, index)).toBe(id);
      }),
    );
  });

  it('differs with the key and with the position', () => {
    const ids = ['a', 'b', '1\na'].flatMap((key) => [0, 1, 11].map((index) => transactionId(key, index)));
    expect(new Set(ids).size).toBe(9);
  });
});

describe('the digest of a request', () => {
  const request = {
    currency: 'EUR',
    exponent: 2,
    description: '',
    entries: [
      { account: 'a', amount: 1 },
      { account: 'b', amount: -1 },
    ],
  };

  it('does not depend on the order of properties', () => {
    const { currency, ...rest } = request;
    expect(requestDigest({ ...rest, currency })).toBe(requestDigest(request));
  });

  it('differs with every value', () => {
    const others = [
      { ...request, currency: 'USD' },
      { ...request, exponent: 3 },
      { ...request, description: 'x' },
      { ...request, entries: request.entries.toReversed() },
    ];
    expect(new Set([request, ...others].map(requestDigest)).size).toBe(5);
  });
});

it('sums exactly where a float would not', () => {
  const large = Number.MAX_SAFE_INTEGER;
  expect(balanceOf([{ amount: large }, { amount: large }, { amount: 1 }])).toBe(2n * BigInt(large) + 1n);
});
