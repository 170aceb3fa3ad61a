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

export const isMissing = (reading: Reading): reading is Missing => 'missing' in reading;
