import { counterByValue, type Registry } from '@sluice/runtime';
import { inject, type REQUEST_OUTCOMES } from '../../packages/contracts/metrics/catalogue.ts';

/** How a request ends. */
export type RequestOutcome = (typeof REQUEST_OUTCOMES)[number];

/** What inject reports of its requests. */
export interface InjectMetrics {
  /** @param transactions Of the request; 1 where they were not read */
  ended(outcome: RequestOutcome, transactions: number): void;
}

/** Registers what inject reports of its requests. */
export function injectMetrics(registry: Registry): InjectMetrics {
  const transactions = counterByValue(registry, inject.transactions, 'outcome');
  return { ended: (outcome, count) => transactions[outcome].inc(count) };
}
