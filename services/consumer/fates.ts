import type { ConsumeMessage } from 'amqplib';
import { type Attempts, deliveriesLost, FAILED_HEADER, LOST_HEADER } from './attempts.ts';
import type { Address, OwnHeaders } from './confirmed.ts';
import type { ParkingReason } from './metrics.ts';
import { shortened } from './republished.ts';

/** The outcome of a message: an acknowledgement alone, or a publication to another queue with these headers first. */
export type Fate =
  | { readonly kind: 'succeeded'; readonly to?: undefined }
  | (Elsewhere & { readonly kind: 'retried' | 'redelivered' })
  | (Elsewhere & { readonly kind: 'parked'; readonly why: ParkingReason });

interface Elsewhere {
  readonly to: Address;
  readonly headers: OwnHeaders;
}

/** The job is done. */
export const SUCCEEDED: Fate = { kind: 'succeeded' };

/** How often a job is tried, and where it goes afterwards. */
export interface FatesOptions {
  readonly maxAttempts: number;
  /** The queue itself. */
  readonly work: Address;
  /** The queue whose messages come back after a delay. */
  readonly retry: Address;
  /** The queue of what is not tried again. */
  readonly parking: Address;
}

/** Decides what becomes of messages whose work did not succeed. */
export class Fates {
  readonly #options: FatesOptions;

  constructor(options: FatesOptions) {
    this.#options = options;
  }

  /** No handler can work on it, now or later. */
  invalid(error: unknown, attempts: Attempts): Fate {
    return this.#parked('invalid', `invalid message: ${messageOf(error)}`, attempts);
  }

  /** @param before the attempts before the one that failed */
  failed(error: unknown, before: Attempts): Fate {
    const attempts = { ...before, failed: before.failed + 1 };
    if (this.#exhausted(attempts))
      return this.#parked('attempts_exhausted', `attempts exhausted: ${messageOf(error)}`, attempts);
    return { kind: 'retried', to: this.#options.retry, headers: counted(attempts, messageOf(error)) };
  }

  /**
   * A message that is delivered again may have killed the consumer that held it. The count must outlive the next
   * death, so it is written into the message before the handler works on it: a first time without a delay, for a
   * restarted broker marks whole queues, then with the delay of a retry.
   */
  lost({ properties }: Pick<ConsumeMessage, 'properties'>, before: Attempts): Fate {
    const attempts = { ...before, lost: before.lost + deliveriesLost(properties) };
    const reason = `${attempts.lost} deliveries ended without an answer`;
    if (this.#exhausted(attempts))
      return this.#parked('deliveries_lost', `attempts exhausted: ${reason}`, attempts);
    const { work, retry } = this.#options;
    const to = attempts.lost === 1 ? work : retry;
    return { kind: 'redelivered', to, headers: counted(attempts, reason) };
  }

  #exhausted({ failed, lost }: Attempts): boolean {
    return failed + lost >= this.#options.maxAttempts;
  }

  #parked(why: ParkingReason, reason: string, { failed, lost }: Attempts): Fate {
    const headers = { 'x-sluice-reason': shortened(reason), 'x-sluice-attempts': failed + lost };
    return { kind: 'parked', why, to: this.#options.parking, headers };
  }
}

const counted = ({ failed, lost }: Attempts, reason: string): OwnHeaders => ({
  'x-sluice-reason': shortened(reason),
  [FAILED_HEADER]: failed,
  [LOST_HEADER]: lost,
});

/** A handler may throw anything, and an error may have any message. */
export function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error);
  } catch {
    return UNSHOWN;
  }
}

const UNSHOWN = 'an error that cannot be shown';

/** An error for the log. */
export function factsOf(error: unknown): { readonly message: string; readonly stack?: string } {
  try {
    return { message: messageOf(error), ...(error instanceof Error && { stack: String(error.stack) }) };
  } catch {
    return { message: UNSHOWN };
  }
}
