import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { HttpRequestError, messageOf, request } from '@sluice/runtime';
import type { TransactionRequest } from '../../packages/contracts/transaction.ts';

/** What a run sends, and where to. */
export interface LoadRun {
  /** Where inject answers. */
  readonly url: string;
  readonly authoritiesFile: string | undefined;
  readonly runId: string;
  readonly transactions: number;
  /** Transactions of one request. */
  readonly batch: number;
  /** Requests in flight at once. */
  readonly concurrency: number;
  /** Ends the run. */
  readonly signal: AbortSignal;
  /** Called for a request that is sent again. */
  readonly again: (key: string, reason: string) => void;
}

/** What became of the transactions of a run. */
export interface LoadResult {
  /** Taken now, or by the same request before. */
  readonly accepted: number;
  /** Those of them that were known. */
  readonly replayed: number;
  /** Why the first request was refused that no repetition helps; it ends the run. */
  readonly refused?: string;
}

/** How long one request may take, milliseconds. */
const REQUEST_MS = 15_000;
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5000;
const ACCOUNTS = 1000;

/** The transaction at a position of a run: the same for the same run always, so that a repeated request has the same body. */
export function loadTransaction(runId: string, index: number): TransactionRequest {
  const hash = createHash('sha256').update(`${runId}/${index}`).digest();
  const part = (at: number): number => hash.readUInt32BE(at);
  const amount = 1 + (part(0) % 100_000);
  return {
    ...{ currency: 'EUR', exponent: 2, description: `order ${index} of ${runId}` },
    entries: [
      { account: `customer:${part(4) % ACCOUNTS}`, amount: -amount },
      { account: `merchant:${part(8) % ACCOUNTS}`, amount },
    ],
  };
}

/**
 * Sends the transactions of a run in batches, each with a key of its own. What is not known to be taken is sent again
 * with the same key, later each time, until the run ends.
 */
export async function runLoad(run: LoadRun): Promise<LoadResult> {
  const result = { accepted: 0, replayed: 0, refused: undefined as string | undefined };
  const stop = new AbortController();
  const signal = AbortSignal.any([run.signal, stop.signal]);
  let next = 0;
  const take = (answer: Answer | undefined, size: number): void => {
    if (answer === undefined) return;
    if ('refused' in answer) {
      result.refused ??= answer.refused;
      stop.abort();
      return;
    }
    result.accepted += size;
    if (answer.replayed) result.replayed += size;
  };
  const lane = async (): Promise<void> => {
    while (next < run.transactions && !signal.aborted) {
      const first = next;
      next += run.batch;
      const size = Math.min(run.batch, run.transactions - first);
      take(await untilAnswered({ ...run, signal }, first, size), size);
    }
  };
  await Promise.all(Array.from({ length: run.concurrency }, lane));
  const { accepted, replayed, refused } = result;
  return { accepted, replayed, ...(refused !== undefined && { refused }) };
}

type Answer = { readonly replayed: boolean } | { readonly refused: string };

/** @returns undefined where the run ended before */
async function untilAnswered(run: LoadRun, first: number, size: number): Promise<Answer | undefined> {
  const key = `${run.runId}/${first}`;
  const transactions = Array.from({ length: size }, (_, index) => loadTransaction(run.runId, first + index));
  const body = JSON.stringify({ transactions });
  for (let failures = 0; !run.signal.aborted; failures += 1) {
    const answer = await post(run, key, body);
    if (typeof answer !== 'string') return answer;
    if (run.signal.aborted) return undefined;
    run.again(key, answer);
    // A random share: the lanes do not come back together.
    const delay = Math.random() * Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(failures, 10));
    await sleep(delay, undefined, { signal: run.signal }).catch(() => {});
  }
  return undefined;
}

/** @returns why it is not known whether they were taken, as text */
async function post(run: LoadRun, key: string, body: string): Promise<Answer | string> {
  try {
    const {
      status,
      headers,
      body: text,
    } = await request({
      ...{ url: new URL('/transactions/batch', run.url), method: 'POST', body, timeoutMs: REQUEST_MS },
      ...{ authoritiesFile: run.authoritiesFile, signal: run.signal },
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
    });
    if (status === 202) return { replayed: headers['idempotency-replayed'] === 'true' };
    const said = `${status}: ${text.toString('utf8').slice(0, 1000)}`;
    return status >= 500 || status === 429 || status === 408 ? said : { refused: said };
  } catch (error) {
    if (!(error instanceof HttpRequestError)) throw error;
    return messageOf(error);
  }
}
