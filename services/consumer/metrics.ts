import { counter, counterByValue, gauge, histogram, type Registry } from '@sluice/runtime';
import { consumer, type OUTCOMES, type PARKING_REASONS } from '../../packages/contracts/metrics/catalogue.ts';

/** How an attempt ends. */
export type Outcome = (typeof OUTCOMES)[number];

/** Why a message is parked. */
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
  /** Seconds from publishing to the start of the work; only where the message says when it was published. */
  waited(seconds: number): void;
}

/** What the consumer reports of messages that the broker does not take. */
export interface HoldMetrics {
  held(change: 1 | -1): void;
  notTaken(): void;
}

/** Registers what the consumer reports of its jobs. */
export function jobMetrics(registry: Registry): JobMetrics {
  const processed = counterByValue(registry, consumer.jobsProcessed, 'outcome');
  const parked = counterByValue(registry, consumer.jobsParked, 'reason');
  const redelivered = counter(registry, consumer.jobsRedelivered);
  const duration = histogram(registry, consumer.jobDuration);
  const wait = histogram(registry, consumer.jobWait);
  const inFlight = gauge(registry, consumer.jobsInFlight);
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

/** Registers what the consumer reports of messages that the broker does not take. */
export function holdMetrics(registry: Registry): HoldMetrics {
  const held = gauge(registry, consumer.jobsHeld);
  const notTaken = counter(registry, consumer.jobsNotRepublished);
  return { held: (change) => held.inc(change), notTaken: () => notTaken.inc() };
}

/** What the consumer reports of itself. */
export interface ConsumerMetrics {
  consuming(yes: boolean): void;
  missing(count: number): void;
}

/** Registers what the consumer reports of itself. */
export function consumerMetrics(registry: Registry): ConsumerMetrics {
  const consuming = gauge(registry, consumer.consuming);
  const missing = gauge(registry, consumer.topologyMissing);
  return { consuming: (yes) => consuming.set(Number(yes)), missing: (count) => missing.set(count) };
}
