import type { FETCH_FAILURES } from '../../packages/contracts/metrics/catalogue.ts';

/** Why a target gives nothing. */
export type FailureReason = (typeof FETCH_FAILURES)[number];

/** A document that was not had, or cannot be used. Its message holds no secret: no query, no credentials. */
export class FetchError extends Error {
  readonly reason: FailureReason;

  constructor(reason: FailureReason, message: string) {
    super(message);
    this.name = 'FetchError';
    this.reason = reason;
  }
}

export const asFetchError = (error: unknown): FetchError =>
  error instanceof FetchError ? error : new FetchError('broken', String(error));
