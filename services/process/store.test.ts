import type { Posting } from '@sluice/runtime/redis';
import { type Collection, MongoBulkWriteError, type WriteError } from 'mongodb';
import { expect, it } from 'vitest';
import { requestDigest, TRANSACTION_SCHEMA, transactionId } from '../../packages/contracts/transaction.ts';
import { Store, type StoredTransaction } from './store.ts';

const BATCH = 100;
const DUPLICATE_KEY = 11_000;

const postings: readonly Posting[] = Array.from({ length: BATCH }, (_, index) => {
  const request = {
    ...{ currency: 'EUR', exponent: 2, description: '' },
    entries: [
      { account: 'a', amount: -1 - index },
      { account: 'b', amount: 1 + index },
    ],
  };
  const audit = { acceptedAt: '2026-11-30T00:00:00.000Z', acceptedBy: 'inject', requestId: 'r' };
  const id = transactionId(`k${index}`, 0);
  return {
    transaction: { schema: TRANSACTION_SCHEMA, id, digest: requestDigest(request), ...request, audit },
    attempt: 1,
  };
});

/** A collection that has all of them already, and counts how many reads it is asked at once. */
class FullCollection {
  atOnce = 0;
  #reading = 0;

  insertMany = async (): Promise<never> => {
    const writeErrors: Partial<WriteError>[] = postings.map((_, index) => ({
      index,
      code: DUPLICATE_KEY,
      errmsg: 'duplicate key',
    }));
    throw new MongoBulkWriteError(
      { message: 'duplicate keys', code: DUPLICATE_KEY, writeErrors: writeErrors as WriteError[] },
      {} as never,
    );
  };

  findOne = async ({ _id }: { readonly _id: string }) => {
    this.#reading += 1;
    this.atOnce = Math.max(this.atOnce, this.#reading);
    await Promise.resolve();
    this.#reading -= 1;
    const found = postings.find(({ transaction }) => transaction.id === _id);
    return { _id, digest: found?.transaction.digest };
  };
}

it('a batch that was written before its worker was killed is read a few at a time, and all of it is done', async () => {
  const collection = new FullCollection();
  const store = new Store(collection as unknown as Collection<StoredTransaction>, 1000);
  expect(await store.write(postings)).toEqual(postings.map(() => ({ done: 'duplicate' })));
  expect(collection.atOnce).toBeLessThanOrEqual(8);
});
