import { encodeJob, jobId, messageOf, unlessAborted } from '@sluice/runtime';
import { answered, reconnectDelayMs } from '@sluice/runtime/amqp';
import type { ChannelModel, ConfirmChannel, Message } from 'amqplib';
import type { Progress } from './progress.ts';

/** What is known of a run that ended with jobs unconfirmed. */
interface RunEnd {
  readonly exchange: string;
  readonly routingKey: string;
  /** Jobs that no queue took. */
  readonly returned: number;
  /** What ended the last session, when the end came during one. */
  readonly failure: Error | undefined;
  /** Why the connection was lost before, where it was. */
  readonly lost: unknown;
  readonly signal: AbortSignal;
}

/** For the run's last line: why it failed, and what made it try again until then. */
export function whyFailed({ exchange, routingKey, returned, failure, lost, signal }: RunEnd): string {
  if (returned > 0) return `no queue takes '${routingKey}' of exchange '${exchange}'`;
  const end = failure?.message ?? `stopped by ${stoppedBy(signal)} without a connection`;
  return lost === undefined ? end : `${end}; before that: ${messageOf(lost)}`;
}

/** @returns the name of the signal, or of the variable that holds the deadline */
function stoppedBy({ reason }: AbortSignal): string {
  return reason instanceof DOMException && reason.name === 'TimeoutError'
    ? 'DEADLINE_SECONDS'
    : String(reason);
}

interface PublishOptions {
  readonly runId: string;
  readonly exchange: string;
  readonly routingKey: string;
  /** Jobs that may be unconfirmed at once. */
  readonly window: number;
  readonly progress: Progress;
  /** Aborted: publish nothing more. */
  readonly signal: AbortSignal;
  /** Called with the number of jobs that the broker refused, when they are published again. */
  readonly onRefused?: (jobs: number) => void;
  /** Epoch milliseconds. */
  readonly now?: () => number;
  /** In [0, 1). */
  readonly random?: () => number;
}

/** How long the broker may confirm nothing of what it was sent, milliseconds: twice at most, looked at in between. */
export const STALL_MS = 30_000;
/** A queue that is full makes room job by job; a longer wait would leave it unused. */
const LONGEST_REFUSAL_MS = 5000;

/**
 * Publishes what is pending on one connection. Resolves when every job is settled; rejects when the channel
 * is gone, nothing is confirmed for long, or the signal comes. What the broker refuses, and only that, is published
 * again after a while.
 */
export async function publish(connection: ChannelModel, options: PublishOptions): Promise<void> {
  const { progress, signal } = options;
  progress.sendAgain();
  const opening = answered(connection.createConfirmChannel(), 'opening a channel');
  const stopped = () => new Error(`stopped by ${stoppedBy(signal)} while the broker did not answer`);
  const channel = await unlessAborted(opening, signal, stopped);
  const pump = new Pump(channel, options);
  connection.on('blocked', () => pump.pause());
  connection.on('unblocked', () => pump.resume());
  await pump.run();
  // All is confirmed: nothing depends on the answer, which a broken link would not give.
  channel.close().catch(() => {});
}

const BLOCKED = ' while the broker blocked publishers (memory or disk alarm)';
const REFUSED = ' while the broker refused jobs (message nacked: a queue is at its limit)';
/** The library's word for a negative confirm; the end of a channel has another. */
const NACKED = 'message nacked';

/** Keeps the window full while the channel and the broker take more. */
class Pump {
  readonly #channel: ConfirmChannel;
  readonly #options: PublishOptions;
  readonly #done = Promise.withResolvers<void>();
  readonly #now: () => number;
  readonly #random: () => number;
  #ended = false;
  #blocked = false;
  #full = false;
  #watch: NodeJS.Timeout | undefined;
  /** Set while refused jobs wait to be published again. */
  #waiting: NodeJS.Timeout | undefined;
  #refusedNow = 0;
  /** Waits in a row without a confirm in between. */
  #refusals = 0;

  constructor(channel: ConfirmChannel, options: PublishOptions) {
    this.#channel = channel;
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#random = options.random ?? Math.random;
  }

  run(): Promise<void> {
    const { signal } = this.#options;
    const stop = () => this.#end(new Error(`stopped by ${stoppedBy(signal)}${this.#hindrance()}`));
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    this.#channel.on('error', (error) => this.#end(error));
    this.#channel.on('close', () => this.#end(new Error('the channel closed')));
    this.#channel.on('return', (message) => this.#returned(message));
    this.#channel.on('drain', () => {
      this.#full = false;
      this.#fill();
    });
    this.#watchConfirms();
    this.#fill();
    return this.#done.promise;
  }

  #hindrance(): string {
    if (this.#blocked) return BLOCKED;
    return this.#waiting === undefined && this.#refusals === 0 ? '' : REFUSED;
  }

  /** A broker may be alive, and a queue of it not. */
  #watchConfirms(): void {
    const { progress } = this.#options;
    const settled = () => progress.confirmed + progress.returned + progress.refused;
    let before = -1;
    this.#watch = setInterval(() => {
      const waits = progress.unconfirmed > 0 && !this.#blocked;
      if (waits && settled() === before)
        this.#end(new Error(`the broker confirmed nothing for ${STALL_MS / 1000} s`));
      before = waits ? settled() : -1;
    }, STALL_MS);
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
    clearInterval(this.#watch);
    clearTimeout(this.#waiting);
    if (error === undefined) this.#done.resolve();
    else this.#done.reject(error);
  }

  #fill(): void {
    const { progress, window } = this.#options;
    while (this.#mayPublish() && progress.unconfirmed < window) {
      const index = progress.next();
      if (index === undefined) break;
      this.#send(index);
    }
    if (progress.settled) this.#end();
  }

  #mayPublish(): boolean {
    return !this.#ended && !this.#blocked && !this.#full && this.#waiting === undefined;
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
    if (error?.message === NACKED) {
      this.#refuse(index);
      return;
    }
    if (error) {
      this.#end(error);
      return;
    }
    this.#refusals = 0;
    this.#options.progress.acknowledged(index);
    this.#fill();
  }

  /** One job is refused, the others on their way are not: their confirms count. */
  #refuse(index: number): void {
    this.#options.progress.refusedByBroker(index);
    this.#refusedNow += 1;
    if (this.#ended || this.#waiting !== undefined) return;
    const longest = Math.min(
      LONGEST_REFUSAL_MS,
      reconnectDelayMs(this.#refusals, () => 1),
    );
    this.#refusals += 1;
    this.#waiting = setTimeout(() => this.#publishAgain(), longest * (0.5 + this.#random() / 2));
  }

  #publishAgain(): void {
    this.#waiting = undefined;
    this.#options.onRefused?.(this.#refusedNow);
    this.#refusedNow = 0;
    this.#fill();
  }

  #returned({ properties }: Message): void {
    const id = String(properties.messageId);
    this.#options.progress.returnedUnroutable(Number(id.slice(id.lastIndexOf('-') + 1)));
  }
}
