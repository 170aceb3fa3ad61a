import { balanceOf, requestDigest } from '../../packages/contracts/transaction.ts';
import type { StoredTransaction } from './store.ts';

/** What all transactions together say. */
export interface Books {
  readonly transactions: number;
  /** `CURRENCY account` -> the sum of its entries, minor units. */
  readonly balances: ReadonlyMap<string, bigint>;
  /** What is wrong, each with the id of the transaction; at most 100 are kept. */
  readonly faults: readonly string[];
  readonly faultCount: number;
}

const MAX_FAULTS = 100;

/**
 * Derives every balance from the entries, and proves each transaction on the way: its entries sum up to zero, and it
 * is what its digest was made of.
 */
export async function readBooks(transactions: AsyncIterable<StoredTransaction>): Promise<Books> {
  const balances = new Map<string, bigint>();
  const faults: string[] = [];
  let [count, faultCount] = [0, 0];
  for await (const transaction of transactions) {
    count += 1;
    for (const fault of faultsOf(transaction)) {
      faultCount += 1;
      if (faults.length < MAX_FAULTS) faults.push(fault);
    }
    for (const { account, amount } of transaction.entries) {
      const name = `${transaction.currency} ${account}`;
      balances.set(name, (balances.get(name) ?? 0n) + BigInt(amount));
    }
  }
  return { transactions: count, balances, faults, faultCount };
}

function faultsOf({ _id, digest, currency, exponent, description, entries }: StoredTransaction): string[] {
  const sum = balanceOf(entries);
  const numbers = entries.map(({ account, amount }) => ({ account, amount: Number(amount) }));
  const found = requestDigest({ currency, exponent, description, entries: numbers });
  return [
    ...(sum === 0n ? [] : [`transaction '${_id}': the sum of its entries (${sum}) must be 0`]),
    ...(found === digest ? [] : [`transaction '${_id}': its digest (${digest}) must be ${found}`]),
  ];
}

/** The sum of all balances of each currency, which is zero where every transaction balances. */
export function sumsOf({ balances }: Books): Readonly<Record<string, bigint>> {
  const sums: Record<string, bigint> = {};
  for (const [name, balance] of balances) {
    const [currency = ''] = name.split(' ');
    sums[currency] = (sums[currency] ?? 0n) + balance;
  }
  return sums;
}
