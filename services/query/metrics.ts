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
 * @param indexProgress Asked at each scrape: while no look succeeds, the lag grows; an instant that cannot be read gives
 *   no lag, never one of decades
 */
export function queryMetrics(registry: Registry, indexProgress: () => Progress | undefined): QueryMetrics {
  const read =
    (value: (progress: Progress) => number | undefined) =>
    (of: { remove(): void; set(value: number): void }) => {
      const progress = indexProgress();
      of.remove();
      const known = progress === undefined ? undefined : value(progress);
      if (known !== undefined) of.set(known);
    };
  gauge(
    registry,
    query.indexLag,
    read(({ completeUpTo }) => {
      const at = parseInstant(completeUpTo);
      return at === undefined ? undefined : (Date.now() - at) / 1000;
    }),
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
