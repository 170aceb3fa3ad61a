import fc from 'fast-check';
import { expect, it } from 'vitest';
import { requestDigest } from '../../packages/contracts/transaction.ts';
import { readBooks, sumsOf } from './books.ts';
import type { StoredTransaction } from './store.ts';

function stored(
  id: string,
  amounts: readonly (readonly [account: string, amount: number])[],
): StoredTransaction {
  const entries = amounts.map(([account, amount]) => ({ account, amount }));
  const request = { currency: 'EUR', exponent: 2, description: 'x', entries };
  const at = new Date(0);
  return {
    ...{ ...request, _id: id, digest: requestDigest(request), status: 'posted' },
    entries: entries.map(({ account, amount }) => ({ account, amount: BigInt(amount) })),
    audit: { acceptedAt: at, acceptedBy: 'h', requestId: 'r', postedAt: at, postedBy: 'h', attempt: 1 },
  };
}

async function* each(transactions: readonly StoredTransaction[]): AsyncGenerator<StoredTransaction> {
  yield* transactions;
}

it('derives every balance, and they sum up to zero', async () => {
  const transfers = fc.array(
    fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('d', 'e'), fc.integer({ min: 1 })),
  );
  await fc.assert(
    fc.asyncProperty(transfers, async (list) => {
      const all = list.map(([from, to, amount], index) =>
        stored(`t${index}`, [
          [from, -amount],
          [to, amount],
        ]),
      );
      const books = await readBooks(each(all));
      expect(books).toMatchObject({ transactions: list.length, faultCount: 0 });
      expect(Object.values(sumsOf(books)).every((sum) => sum === 0n)).toBe(true);
      const ofA = list
        .filter(([from]) => from === 'a')
        .reduce((sum, [, , amount]) => sum - BigInt(amount), 0n);
      expect(books.balances.get('EUR a') ?? 0n).toBe(ofA);
    }),
  );
});

it('names a transaction that does not balance', async () => {
  const books = await readBooks(
    each([
      stored('t1', [
        ['a', -5],
        ['b', 6],
      ]),
    ]),
  );
  expect(books.faults).toEqual(["transaction 't1': the sum of its entries (1) must be 0"]);
  expect(sumsOf(books)).toEqual({ EUR: 1n });
});

it('names a transaction that was changed since it was accepted', async () => {
  const before = stored('t1', [
    ['a', -5],
    ['b', 5],
  ]);
  const changed = {
    ...before,
    entries: [
      { account: 'a', amount: -50n },
      { account: 'b', amount: 50n },
    ],
  };
  const { faults } = await readBooks(each([changed]));
  expect(faults).toEqual([expect.stringMatching(/^transaction 't1': its digest \(\S{43}\) must be \S{43}$/)]);
});
