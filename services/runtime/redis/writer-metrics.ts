import { writer } from '../../../packages/contracts/metrics/catalogue.ts';
import { counter, counterByValue, gauge, histogram, type Registry } from '../metrics.ts';
import type { WorkerMetrics } from './queue-worker.ts';

/** What the services report that write transactions to a store. */
export interface WriterMetrics extends WorkerMetrics {
  batch(transactions: number, durationSeconds: number): void;
  unavailable(yes: boolean): void;
}

/** Registers what they report. */
export function writerMetrics(registry: Registry): WriterMetrics {
  const transactions = counterByValue(registry, writer.transactions, 'outcome');
  const inFlight = gauge(registry, writer.inFlight);
  const lag = histogram(registry, writer.lag);
  const batch = histogram(registry, writer.batch);
  const duration = histogram(registry, writer.batchDuration);
  const stalled = counter(registry, writer.stalled);
  const unavailable = gauge(registry, writer.unavailable);
  return {
    ended: (outcome) => transactions[outcome].inc(),
    inFlight: (change) => inFlight.inc(change),
    lag: (seconds) => lag.observe(seconds),
    stalled: () => stalled.inc(),
    batch: (count, seconds) => {
      batch.observe(count);
      duration.observe(seconds);
    },
    unavailable: (yes) => unavailable.set(Number(yes)),
  };
}
