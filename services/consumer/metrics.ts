import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export const OUTCOMES = ['succeeded', 'retried', 'parked'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Why a message is parked. */
export const PARKING_REASONS = ['invalid', 'attempts_exhausted', 'deliveries_lost'] as const;
export type ParkingReason = (typeof PARKING_REASONS)[number];

/** What the consumer reports of its jobs. */
export interface JobMetrics {
  started(): void;
  /** Nothing more is done with it here, whether it was an attempt or not. */
  ended(): void;
  finished(outcome: Outcome, durationSeconds: number): void;
  parked(reason: ParkingReason): void;
  /** A delivery ended without an answer; the job was put back with that counted. */
  redelivered(): void;
  /** From publishing to the start of the work; only where the message tells when it was published. */
  waited(seconds: number): void;
}

/** What the consumer reports of messages that the broker does not take. */
export interface HoldMetrics {
  held(change: 1 | -1): void;
  notTaken(): void;
}

// Work from milliseconds to 5 minutes, the default (5 s) in the middle.
const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 7.5, 10, 30, 60, 300];
// A job waits for a pod to start (seconds) or for a whole burst before it (minutes).
const WAIT_BUCKETS = [0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600];

export function jobMetrics(registry: Registry): JobMetrics {
  const registers = [registry];
  const processed = labelled(registry, 'jobs_processed_total', 'Attempts that ended, by outcome.', {
    outcome: OUTCOMES,
  });
  const parked = labelled(registry, 'jobs_parked_total', 'Messages that were parked, by reason.', {
    reason: PARKING_REASONS,
  });
  const redelivered = new Counter({
    name: 'jobs_redelivered_total',
    help: 'Deliveries that ended without an answer (a consumer, a connection or the broker died) and were counted.',
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
  return {
    started: () => inFlight.inc(),
    ended: () => inFlight.dec(),
    finished: (outcome, durationSeconds) => {
      processed[outcome].inc();
      duration.observe(durationSeconds);
    },
    parked: (reason) => parked[reason].inc(),
    redelivered: () => redelivered.inc(),
    waited: (seconds) => wait.observe(seconds),
  };
}

export function holdMetrics(registry: Registry): HoldMetrics {
  const registers = [registry];
  const held = new Gauge({
    name: 'jobs_held',
    help: 'Jobs in hand that the broker takes neither for the retry queue nor for the parking queue.',
    registers,
  });
  const notTaken = new Counter({
    name: 'jobs_not_republished_total',
    help: 'Tries to publish a job to the retry, parking or work queue that the broker did not take.',
    registers,
  });
  return { held: (change) => held.inc(change), notTaken: () => notTaken.inc() };
}

/** What the consumer reports of itself. */
export interface ConsumerMetrics {
  consuming(yes: boolean): void;
  missing(count: number): void;
}

export function consumerMetrics(registry: Registry): ConsumerMetrics {
  const registers = [registry];
  const consuming = new Gauge({
    name: 'consumer_consuming',
    help: '1 while the broker delivers jobs to it, else 0.',
    registers,
  });
  const missing = new Gauge({
    name: 'consumer_topology_missing',
    help: 'Exchanges and queues that it relies on and that the broker does not have, at the last connection.',
    registers,
  });
  return { consuming: (yes) => consuming.set(Number(yes)), missing: (count) => missing.set(count) };
}

/** Children are looked up once: a look-up by labels would cost as much as the rest of a message. */
function labelled<L extends string, V extends string>(
  registry: Registry,
  name: string,
  help: string,
  label: Record<L, readonly V[]>,
): Record<V, Counter.Internal> {
  const [[labelName, values] = ['', []]] = Object.entries<readonly V[]>(label);
  const counter = new Counter({ name, help, labelNames: [labelName], registers: [registry] });
  const children = Object.fromEntries(values.map((value) => [value, counter.labels(value)]));
  for (const child of Object.values(children)) child.inc(0);
  return children as Record<V, Counter.Internal>;
}
