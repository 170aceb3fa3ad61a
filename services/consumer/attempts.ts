import type { ConsumeMessage, MessageProperties } from 'amqplib';

/** The channel that delivered a message, as far as the message's end needs it. */
export interface HandLike {
  /** Aborted when the channel is gone: the broker delivers again what it held. */
  readonly gone: AbortSignal;
  ack(message: ConsumeMessage): void;
  /**
   * Keeps the message unacknowledged without a place among the PREFETCH: another job takes it.
   * @returns ends that
   */
  hold(message: ConsumeMessage): () => void;
}

/** Deliveries of a message that did not end with its work done. */
export interface Attempts {
  /** Its handler threw. */
  readonly failed: number;
  /** Its outcome is unknown: its consumer, the connection or the broker died while it was in flight. */
  readonly lost: number;
}

/** Both counts travel with the message, written by the consumer that publishes it again, and by it only. */
export const FAILED_HEADER = 'x-sluice-failed';
/** How often a delivery of the message was lost without an answer. */
export const LOST_HEADER = 'x-sluice-lost';

/** A message that was never tried. */
export const NONE: Attempts = { failed: 0, lost: 0 };

/** Beyond any MAX_ATTEMPTS; sums of such counts stay exact. */
const MOST = 1_000_000;

/**
 * What a message went through before. A publisher may write any header: a count is a whole number from 0, or 0.
 * Rejections in x-death are those of a consumer older than the headers; the counts of both add up.
 */
export function attemptsOf({ headers }: Pick<MessageProperties, 'headers'>, queue: string): Attempts {
  if (typeof headers !== 'object' || headers === null) return NONE;
  const failed = countOf(headers[FAILED_HEADER]) + rejections(headers['x-death'], queue);
  const lost = countOf(headers[LOST_HEADER]);
  return failed + lost === 0 ? NONE : { failed, lost };
}

/**
 * Deliveries that a redelivery adds: a quorum queue counts them, a classic one only says that there was one.
 * @see https://www.rabbitmq.com/docs/quorum-queues#poison-message-handling
 */
export const deliveriesLost = ({ headers }: Pick<MessageProperties, 'headers'>): number =>
  Math.max(1, countOf(headers?.['x-delivery-count']));

/** @see https://www.rabbitmq.com/docs/dlx#effects */
function rejections(deaths: unknown, queue: string): number {
  if (!Array.isArray(deaths)) return 0;
  return deaths
    .filter((death) => death?.reason === 'rejected' && death.queue === queue)
    .reduce((sum: number, { count }) => Math.min(sum + countOf(count), MOST), 0);
}

const countOf = (value: unknown): number =>
  Number.isSafeInteger(value) ? Math.min(Math.max(0, value as number), MOST) : 0;
