import { setMaxListeners } from 'node:events';
import type { Channel, ConsumeMessage } from 'amqplib';
import type { HandLike } from './attempts.ts';
import type { LargeBodies } from './fates.ts';
import type { Worker } from './worker.ts';

/** The queue that messages are taken from, and how many at once. */
export interface IntakeOptions {
  readonly queue: string;
  readonly prefetch: number;
  readonly worker: Pick<Worker, 'work'>;
  readonly bodies: Pick<LargeBodies, 'watch' | 'unreadBytes' | 'mayFit' | 'release'>;
  /** Called with a message that is kept because its body has no room here. @returns ends that */
  readonly kept: (message: ConsumeMessage, bytes: number) => () => void;
}

/** Until there may be room for a body that others took; it may be that of another consumer. */
const NO_ROOM_MS = 5000;

/** What is held beyond the prefetch stays within the memory of a pod: 100 bodies of 64 KiB are 6 MiB. */
const MOST_HELD = 100;
const MOST_HELD_BYTES = 8 * 1024 * 1024;

/** Takes messages from one queue on one channel: never more at work than the prefetch, besides what is held. */
export class Intake implements HandLike {
  readonly #channel: Channel;
  readonly #options: IntakeOptions;
  readonly #gone = new AbortController();
  readonly #cancelled = Promise.withResolvers<never>();
  readonly #inFlight = new Set<Promise<void>>();
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
    options.bodies.watch(channel);
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
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight);
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
    const unread = this.#options.bodies.unreadBytes(message);
    if (unread !== undefined) this.#keep(message, unread);
    else if (this.#working < this.#options.prefetch) this.#begin(message);
    else this.#waiting.push(message);
  }

  /**
   * A message whose body was let pass can be neither worked on nor parked. It stays unacknowledged, and so where it
   * is, without a place among the prefetch; one that would have had room goes back to the queue after a while.
   */
  #keep(message: ConsumeMessage, bytes: number): void {
    this.#working += 1;
    const back = this.hold(message);
    const end = this.#options.kept(message, bytes);
    const { signal } = this.#gone;
    const requeue = (): void => {
      // The end of the channel gives it back.
      if (this.#draining) return;
      signal.removeEventListener('abort', over);
      this.#channel.nack(message, false, true);
      back();
      end();
      this.#working -= 1;
      this.#beginWaiting();
    };
    const timer = this.#options.bodies.mayFit(bytes) ? setTimeout(requeue, NO_ROOM_MS) : undefined;
    const over = (): void => {
      clearTimeout(timer);
      end();
    };
    signal.addEventListener('abort', over, { once: true });
  }

  #begin(message: ConsumeMessage): void {
    this.#working += 1;
    const work = this.#options.worker.work(message, this);
    this.#inFlight.add(work);
    void work.then(() => {
      this.#inFlight.delete(work);
      this.#options.bodies.release(message);
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
