import { counter, gauge, type Registry } from '@sluice/runtime';
import { publisher } from '../../packages/contracts/metrics/catalogue.ts';
import type { Progress } from './progress.ts';

/** Registers what a run reports. Counts are read when they are scraped: nothing is done for a message. */
export function registerMetrics(
  registry: Registry,
  progress: Pick<Progress, 'confirmed' | 'refused' | 'returned' | 'unconfirmed'>,
): void {
  counter(registry, publisher.jobsConfirmed, () => progress.confirmed);
  counter(registry, publisher.jobsRefused, () => progress.refused);
  counter(registry, publisher.jobsReturned, () => progress.returned);
  gauge(registry, publisher.jobsUnconfirmed, (unconfirmed) => unconfirmed.set(progress.unconfirmed));
}
