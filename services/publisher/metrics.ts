import { Counter, Gauge, type Registry } from 'prom-client';
import type { Progress } from './progress.ts';

/** Counts are read when they are scraped: nothing is done for a message. */
export function registerMetrics(
  registry: Registry,
  progress: Pick<Progress, 'confirmed' | 'refused' | 'returned' | 'unconfirmed'>,
): void {
  const registers = [registry];
  const total = (name: string, help: string, value: () => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(value());
      },
    });
  total('jobs_confirmed_total', 'Jobs that the broker has confirmed.', () => progress.confirmed);
  total(
    'jobs_refused_total',
    'Times that the broker refused a job, which is published again.',
    () => progress.refused,
  );
  total('jobs_returned_total', 'Jobs that no queue took.', () => progress.returned);
  new Gauge({
    name: 'jobs_unconfirmed',
    help: 'Jobs that are published and not confirmed.',
    registers,
    collect() {
      this.set(progress.unconfirmed);
    },
  });
}
