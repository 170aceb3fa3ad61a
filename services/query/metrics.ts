import { counterByValue, type Registry } from '@sluice/runtime';
import { query } from '../../packages/contracts/metrics/catalogue.ts';

/** What the read side reports of its requests. */
export interface QueryMetrics {
  /** @param status Of the answer */
  answered(status: number): void;
}

/** Registers what the read side reports. */
export function queryMetrics(registry: Registry): QueryMetrics {
  const answers = counterByValue(registry, query.requests, 'outcome');
  return {
    answered: (status) => {
      answers[status < 400 ? 'answered' : status < 500 ? 'refused' : 'unavailable'].inc();
    },
  };
}
