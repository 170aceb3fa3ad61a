import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from '@sluice/runtime';
import { repositoryRoot, startService } from './processes.ts';
import type { TransactionLoad } from './transactions-load.ts';

/** Milliseconds until what left the queue is shown: the index is refreshed once a second. */
const REFRESHED_MS = 2000;
const SEARCH_TIMEOUT_MS = 10_000;
/** Transactions on a page of the search, the most that it gives. */
const PAGE = 200;

/** What a run of transactions is held to. */
export interface Reconciled {
  /** Whether accepted = in MongoDB = in the index, the books balance and no answer was unexpected. */
  readonly balanced: boolean;
  /** What a person reads of it. */
  readonly lines: readonly string[];
}

/** A run of transactions that is over, and where what it left can be asked for. */
export interface Finished {
  readonly load: TransactionLoad;
  /** URL of the read side. */
  readonly query: string;
  /** The environment variables by which a service reaches the stores. */
  readonly stores: Readonly<Record<string, string>>;
  /** Where the check of the books logs to. */
  readonly logFile: string;
  readonly signal: AbortSignal;
}

/** Holds what was accepted against MongoDB, the books and the index. @throws {Error} where one of them does not answer */
export async function reconcile(run: Finished): Promise<Reconciled> {
  const { load } = run;
  const books = await booksOf(run);
  const indexed = await indexedBy(run);
  const isEqual = books.transactions === load.accepted && indexed === load.accepted;
  const mark = isEqual ? '=' : '/';
  return {
    balanced: isEqual && books.balanced && load.unexpected === 0 && load.replayed === load.conflicts,
    lines: [
      `accepted ${load.accepted} ${mark} in MongoDB ${books.transactions} ${mark} in the index ${indexed}`,
      `repeated ${load.replayed}, and refused with another body ${load.conflicts}   unexpected ${load.unexpected}`,
      books.balanced ? 'the books balance' : 'the books do not balance',
      ...(await newestOf('merchant:3', run)),
    ],
  };
}

async function booksOf({ stores, logFile }: Finished): Promise<{
  readonly balanced: boolean;
  readonly transactions: number;
}> {
  let transactions = 0;
  const check = startService('process/check', stores, {
    command: [process.execPath, join(repositoryRoot, 'services', 'process', 'check.ts')],
    logFile,
    onLine: (line) => {
      transactions = Number((line as Readonly<Record<string, unknown>>).transactions ?? transactions);
    },
  });
  return { balanced: (await check.ended) === 0, transactions };
}

/** Every transaction of the index, page by page, as a client counts them. */
async function indexedBy(run: Finished): Promise<number> {
  await sleep(REFRESHED_MS, undefined, { signal: run.signal });
  let [count, cursor] = [0, ''];
  do {
    const page = await search(run, { limit: String(PAGE), ...(cursor !== '' && { cursor }) });
    count += page.transactions.length;
    cursor = page.next ?? '';
  } while (cursor !== '');
  return count;
}

async function newestOf(account: string, run: Finished): Promise<readonly string[]> {
  const { transactions, index } = await search(run, { account, text: 'order', limit: '3' });
  return [
    `newest of ${account}, of an index complete up to ${index.completeUpTo}:`,
    ...transactions.map(({ id, acceptedAt, description, entries }) => {
      const cents = entries.find((entry) => entry.account === account)?.amount ?? 0;
      const amount = (cents / 100).toFixed(2).padStart(8);
      return `  ${acceptedAt}   ${id}   ${description.padEnd(12)} ${amount} EUR`;
    }),
  ];
}

async function search(
  { query, signal }: Finished,
  parameters: Readonly<Record<string, string>>,
): Promise<Page> {
  const url = `${query}/transactions?${new URLSearchParams(parameters)}`;
  const { status, body } = await request({ url, timeoutMs: SEARCH_TIMEOUT_MS, signal });
  if (status !== 200) throw new Error(`the search answered ${status}: ${body.toString().slice(0, 200)}`);
  return JSON.parse(body.toString());
}

interface Page {
  readonly transactions: readonly {
    readonly id: string;
    readonly acceptedAt: string;
    readonly description: string;
    readonly entries: readonly { readonly account: string; readonly amount: number }[];
  }[];
  readonly next?: string;
  readonly index: { readonly completeUpTo: string };
}
