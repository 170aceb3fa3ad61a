import { encodeJob, jobId } from '@sluice/runtime';
import type { ChannelModel, ConfirmChannel, Message } from 'amqplib';
import { stoppedBy } from './failure.ts';
import type { Progress } from './progress.ts';

export interface PublishOptions {
  readonly runId: string;
  readonly exchange: string;
  readonly routingKey: string;
  /** Jobs that may be unconfirmed at once. */
  readonly window: number;
  readonly progress: Progress;
  /** Aborted: publish nothing more. */
  readonly signal: AbortSignal;
  /** Epoch milliseconds. */
  readonly now?: () => number;
}

/**
 * Publishes what is pending on one connection. Resolves when every job is settled; rejects when the channel
 * is gone, the broker refuses a job, or the signal comes.
 */
export async function publish(connection: ChannelModel, options: PublishOptions): Promise<void> {
  options.progress.sendAgain();
  const channel = await connection.createConfirmChannel();
  const pump = new Pump(channel, options);
  connection.on('blocked', () => pump.pause());
  connection.on('unblocked', () => pump.resume());
  await pump.run();
  await channel.close();
}

const BLOCKED = ' while the broker blocked publishers (memory or disk alarm)';

/** Keeps the window full while the channel and the broker take more. */
class Pump {
  readonly #channel: ConfirmChannel;
  readonly #options: PublishOptions;
  readonly #done = Promise.withResolvers<void>();
  readonly #now: () => number;
  #ended = false;
  #blocked = false;
  #full = false;

  constructor(channel: ConfirmChannel, options: PublishOptions) {
    this.#channel = channel;
    this.#options = options;
    this.#now = options.now ?? Date.now;
  }

  run(): Promise<void> {
    const { signal } = this.#options;
    const stop = () => this.#end(new Error(`stopped by ${stoppedBy(signal)}${this.#blocked ? BLOCKED : ''}`));
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    this.#channel.on('error', (error) => this.#end(error));
    this.#channel.on('close', () => this.#end(new Error('the channel closed')));
    this.#channel.on('return', (message) => this.#returned(message));
    this.#channel.on('drain', () => {
      this.#full = false;
      this.#fill();
    });
    this.#fill();
    return this.#done.promise;
  }

  pause(): void {
    this.#blocked = true;
  }

  resume(): void {
    this.#blocked = false;
    this.#fill();
  }

  /** Nothing is published after this; the promise keeps its first result. */
  #end(error?: Error): void {
    this.#ended = true;
    if (error === undefined) this.#done.resolve();
    else this.#done.reject(error);
  }

  #fill(): void {
    const { progress, window } = this.#options;
    while (!this.#ended && !this.#blocked && !this.#full && progress.unconfirmed < window) {
      const index = progress.next();
      if (index === undefined) break;
      this.#send(index);
    }
    if (progress.settled) this.#end();
  }

  #send(index: number): void {
    const { runId, exchange, routingKey } = this.#options;
    const now = this.#now();
    const properties = {
      contentType: 'application/json',
      persistent: true,
      mandatory: true,
      messageId: jobId(runId, index),
      timestamp: Math.floor(now / 1000),
    };
    const settle = (error: Error | null) => this.#settle(index, error);
    const room = this.#channel.publish(
      exchange,
      routingKey,
      encodeJob(runId, index, now),
      properties,
      settle,
    );
    this.#full = !room;
  }

  #settle(index: number, error: Error | null): void {
    if (error) {
      this.#end(error);
      return;
    }
    this.#options.progress.acknowledged(index);
    this.#fill();
  }

  #returned({ properties }: Message): void {
    const id = String(properties.messageId);
    this.#options.progress.returnedUnroutable(Number(id.slice(id.lastIndexOf('-') + 1)));
  }
}
