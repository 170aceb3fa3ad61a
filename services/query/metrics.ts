import { counterByValue, gauge, parseInstant, type Registry } from '@sluice/runtime';
import { query } from '../../packages/contracts/metrics/catalogue.ts';
import type { Progress } from './progress.ts';

/** What the read side reports of its requests. */
export interface QueryMetrics {
  /** @param status Of the answer */
  answered(status: number): void;
}

/**
 * Registers what the read side reports.
 * @param indexProgress Asked at each scrape: while no look succeeds, the lag grows
 */
export function queryMetrics(registry: Registry, indexProgress: () => Progress | undefined): QueryMetrics {
  const read =
    (value: (progress: Progress) => number) => (of: { reset(): void; set(value: number): void }) => {
      const progress = indexProgress();
      of.reset();
      if (progress !== undefined) of.set(value(progress));
    };
  gauge(
    registry,
    query.indexLag,
    read(({ completeUpTo }) => (Date.now() - (parseInstant(completeUpTo) ?? 0)) / 1000),
  );
  gauge(
    registry,
    query.indexPending,
    read(({ pending }) => pending),
  );
  const answers = counterByValue(registry, query.requests, 'outcome');
  return {
    answered: (status) => {
      answers[status < 400 ? 'answered' : status < 500 ? 'refused' : 'unavailable'].inc();
    },
  };
}
