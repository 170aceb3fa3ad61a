import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export const OUTCOMES = ['succeeded', 'retried', 'parked'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What the consumer reports of its jobs. */
export interface JobMetrics {
  started(): void;
  finished(outcome: Outcome, durationSeconds: number): void;
  /** From publishing to the start of the work; only where the message tells when it was published. */
  waited(seconds: number): void;
}

// Work from milliseconds to 5 minutes, the default (5 s) in the middle.
const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 7.5, 10, 30, 60, 300];
// A job waits for a pod to start (seconds) or for a whole burst before it (minutes).
const WAIT_BUCKETS = [0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600];

/** Children are looked up once: a look-up by labels would cost as much as the rest of a message. */
export function jobMetrics(registry: Registry): JobMetrics {
  const registers = [registry];
  const processed = new Counter({
    name: 'jobs_processed_total',
    help: 'Attempts that ended, by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  const duration = new Histogram({
    name: 'job_duration_seconds',
    help: 'How long an attempt took.',
    buckets: DURATION_BUCKETS,
    registers,
  });
  const wait = new Histogram({
    name: 'job_wait_seconds',
    help: 'From publishing to the start of an attempt.',
    buckets: WAIT_BUCKETS,
    registers,
  });
  const inFlight = new Gauge({ name: 'jobs_in_flight', help: 'Jobs in hand.', registers });
  const outcomes = Object.fromEntries(
    OUTCOMES.map((outcome) => [outcome, processed.labels(outcome)]),
  ) as Record<Outcome, Counter.Internal>;
  for (const child of Object.values(outcomes)) child.inc(0);
  return {
    started: () => inFlight.inc(),
    finished: (outcome, durationSeconds) => {
      inFlight.dec();
      outcomes[outcome].inc();
      duration.observe(durationSeconds);
    },
    waited: (seconds) => wait.observe(seconds),
  };
}
