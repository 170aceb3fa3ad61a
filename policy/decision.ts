import type { Measures } from './measure/measures.ts';

/**
 * What a source reported about one queue at one instant.
 *
 * Counts are messages, ages are seconds, instants are epoch milliseconds.
 */
export interface Backlog {
  /** Messages waiting to be delivered. */
  readonly ready: number;
  /** Messages delivered and not yet acknowledged: the work in flight. */
  readonly unacked: number;
  /** Age of the oldest ready message, where the broker reports it and it is plausible. */
  readonly oldestWaitSeconds?: number;
  /** Messages ever published to the queue, where the source counts them. It restarts at 0 with its broker. */
  readonly publishedTotal?: number;
  /** Messages ever acknowledged by consumers of the queue, where the source counts them. */
  readonly acknowledgedTotal?: number;
  /** When the source measured this; two readings are different readings only if this differs. */
  readonly at: number;
}

/** A reading that did not come, and why. It never changes a replica count. */
export interface Missing {
  readonly missing: string;
}

export type Reading = Backlog | Missing;

/** Whether a reading says that there is none. */
export const isMissing = (reading: Reading): reading is Missing => 'missing' in reading;

/** Why a count is what it is. A closed union; words shared with the HPA mean what they mean there. */
export const REASONS = [
  // readings that decide nothing (fail static)
  'ReadingMissing',
  'ReadingStale',
  'ReadingInvalid',
  // recommend
  'BacklogReachedMark',
  'OldestWaitExceeded',
  'LatchHeldOpen',
  'LatchHeldClosed',
  'DrainUnconfirmed',
  'BacklogDrained',
  'DesiredWithinRange',
  'MeasurementPending',
  'WorkInHand',
  'ScheduleFloor',
  // stabilize
  'ScaleUpStabilized',
  'ScaleDownStabilized',
  // rate-limit
  'ScaleUpLimit',
  'ScaleDownLimit',
  // clamp
  'TooFewReplicas',
  'TooManyReplicas',
] as const;

export type Reason = (typeof REASONS)[number];

/** The stage that last changed the count owns the reason. */
export interface Decision {
  readonly replicas: number;
  readonly reason: Reason;
  /** One sentence for people: an Event, a log line, a terminal. */
  readonly message: string;
}

/**
 * What the next decision needs to know of the past: plain data, so that it survives a restart as JSON.
 * `emptyHistory` is what a scaler without a memory starts from; it is never less cautious.
 */
export interface History {
  /** The span that is remembered without a gap: first and newest decision. Absent when nothing is. */
  readonly since?: number;
  readonly until?: number;
  /** Instant of the reading that last showed ready + unacked == 0, if the newest one did. */
  readonly drainedAt?: number;
  /** First sight of the ready messages that still wait: a lower bound of the oldest one's age. */
  readonly waitingSince?: number;
  /** The count to which an open latch was opened, which a slow rise may not have reached yet. */
  readonly openTo?: number;
  /** What was measured of the work, for a policy that needs it. */
  readonly measures?: Measures;
  /** Recommendations before stabilization, oldest first, within the longest window. */
  readonly recommendations: readonly Sample[];
  /** Replica changes made, oldest first, within the longest rate period. */
  readonly changes: readonly Change[];
}

/** Replicas at an instant, epoch milliseconds. */
export interface Sample {
  readonly at: number;
  readonly replicas: number;
}

/** A change of the replica count at an instant, epoch milliseconds. */
export interface Change {
  readonly at: number;
  readonly by: number;
}

/** What a scaler remembers that has seen nothing yet. */
export const emptyHistory: History = { recommendations: [], changes: [] };
