import type { ConsumeMessage } from 'amqplib';

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
