import type { Backlog } from '@sluice/policy';
import { DeadlineError, messageOf } from '@sluice/runtime';
import type { READING_FAILURES } from '../../../packages/contracts/metrics/catalogue.ts';

/** Where one workload's backlog is read. */
export interface BacklogSource {
  /** Sources of one group share a request: they are read together, at the group's own phase. */
  readonly group: string;
  /**
   * Reads once. Counts are what the broker says, never guessed: an unknown field is an error, not 0.
   * @throws {ReadingError} whatever the reason; the scaler then stands still
   */
  read(signal: AbortSignal): Promise<Backlog>;
  /** Lets go of a connection that is kept between readings. */
  close?(): void;
}

/** Why a reading failed: the `cause` label of `sluice_scaler_reading_failures_total`. */
export type FailureCause = (typeof READING_FAILURES)[number];

/** A backlog that could not be read. */
export class ReadingError extends Error {
  override readonly name = 'ReadingError';
  override readonly cause: FailureCause;

  constructor(cause: FailureCause, message: string) {
    super(message);
    this.cause = cause;
  }
}

/** What a thrown value says as a reading error; anything unforeseen counts as invalid. */
export function asReadingError(error: unknown): ReadingError {
  if (error instanceof ReadingError) return error;
  return new ReadingError(error instanceof DeadlineError ? 'timeout' : 'invalid', messageOf(error));
}
