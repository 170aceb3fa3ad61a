import { setMaxListeners } from 'node:events';
import type { Channel, ConsumeMessage } from 'amqplib';
import type { HandLike } from './hand.ts';
import type { Worker } from './worker.ts';

export interface IntakeOptions {
  readonly queue: string;
  readonly prefetch: number;
  readonly worker: Pick<Worker, 'work'>;
}

/** What is held beyond the prefetch stays within the memory of a pod: 100 bodies of 64 KiB are 6 MiB. */
const MOST_HELD = 100;
const MOST_HELD_BYTES = 8 * 1024 * 1024;

/** Takes messages from one queue on one channel: never more at work than the prefetch, besides what is held. */
export class Intake implements HandLike {
  readonly #channel: Channel;
  readonly #options: IntakeOptions;
  readonly #gone = new AbortController();
  readonly #cancelled = Promise.withResolvers<never>();
  readonly #inHand = new Set<Promise<void>>();
  /** Delivered and not begun: the place that they were meant for is taken again. */
  readonly #waiting: ConsumeMessage[] = [];
  readonly #consumers = new Set<Promise<string | undefined>>();
  #working = 0;
  #held = 0;
  #heldBytes = 0;
  #draining = false;

  constructor(channel: Channel, options: IntakeOptions) {
    this.#channel = channel;
    this.#options = options;
    this.#cancelled.promise.catch(() => {});
    setMaxListeners(0, this.#gone.signal);
  }

  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Rejects when the broker cancels a consumer: the queue is gone. */
  get cancelled(): Promise<never> {
    return this.#cancelled.promise;
  }

  async open(): Promise<void> {
    const consuming = this.#consume(this.#options.prefetch);
    this.#consumers.add(consuming);
    await consuming;
  }

  /** Takes no more, and resolves when all that is at work has ended. */
  async drain(): Promise<void> {
    this.#draining = true;
    for (const consumer of this.#consumers) await this.#cancel(consumer);
    while (this.#inHand.size > 0) await Promise.all(this.#inHand);
  }

  /** The channel is of no use any more. */
  end(): void {
    this.#draining = true;
    this.#gone.abort();
  }

  ack(message: ConsumeMessage): void {
    this.#channel.ack(message);
  }

  /**
   * A prefetch counts what is unacknowledged, and cannot be raised for a consumer that runs: one more consumer
   * with a prefetch of 1 is the place that the held message frees.
   */
  hold({ content }: ConsumeMessage): () => void {
    const bytes = this.#heldBytes + content.length;
    if (this.#draining || this.#held === MOST_HELD || bytes > MOST_HELD_BYTES) return () => {};
    this.#held += 1;
    this.#heldBytes = bytes;
    this.#working -= 1;
    this.#beginWaiting();
    const consumer = this.#consume(1).catch(() => undefined);
    this.#consumers.add(consumer);
    return () => {
      this.#held -= 1;
      this.#heldBytes -= content.length;
      this.#working += 1;
      void this.#cancel(consumer).catch(() => {});
    };
  }

  /** @returns the consumer's tag */
  async #consume(prefetch: number): Promise<string> {
    await this.#channel.prefetch(prefetch);
    const { queue } = this.#options;
    const { consumerTag } = await this.#channel.consume(queue, (message) => {
      if (message !== null) this.#deliver(message);
      else this.#cancelled.reject(new Error(`the broker cancelled the consumer of queue '${queue}'`));
    });
    return consumerTag;
  }

  async #cancel(consumer: Promise<string | undefined>): Promise<void> {
    this.#consumers.delete(consumer);
    const tag = await consumer;
    if (tag !== undefined) await this.#channel.cancel(tag);
  }

  #deliver(message: ConsumeMessage): void {
    if (this.#working < this.#options.prefetch) this.#begin(message);
    else this.#waiting.push(message);
  }

  #begin(message: ConsumeMessage): void {
    this.#working += 1;
    const work = this.#options.worker.work(message, this);
    this.#inHand.add(work);
    void work.then(() => {
      this.#inHand.delete(work);
      this.#working -= 1;
      this.#beginWaiting();
    });
  }

  /** What waits when the service stops is not begun: it returns to the queue. */
  #beginWaiting(): void {
    while (!this.#draining && this.#working < this.#options.prefetch) {
      const message = this.#waiting.shift();
      if (message === undefined) return;
      this.#begin(message);
    }
  }
}
