import type { Logger } from '@sluice/runtime';
import { reconnectDelayMs } from '@sluice/runtime/amqp';
import type { ConsumeMessage } from 'amqplib';
import type { HandLike } from './attempts.ts';
import type { Address, OwnHeaders } from './confirmed.ts';
import type { HoldMetrics } from './metrics.ts';
import type { PublishingConnection } from './publishing.ts';

/** A message that is published again, and then acknowledged. */
export interface Republication {
  readonly message: ConsumeMessage;
  readonly jobId: string;
  readonly to: Address;
  readonly headers: OwnHeaders;
  /** It is given up when the broker takes no messages for now (memory or disk alarm). @default false */
  readonly unlessBlocked?: boolean;
}

/** `confirmed`: a queue holds it. Else it must stay unacknowledged, or be worked on. */
export type Republished = 'confirmed' | 'abandoned' | 'blocked';

/** Where messages are published again, and until when. */
export interface RepublisherOptions {
  readonly publishing: Pick<PublishingConnection, 'blocked' | 'republish'>;
  readonly metrics: HoldMetrics;
  readonly log: Pick<Logger, 'error'>;
  /** Aborted when the service stops. */
  readonly stop: AbortSignal;
  /** In [0, 1). */
  readonly random?: () => number;
}

/** A confirm takes milliseconds; a message that waits longer frees its place for another job. */
export const HOLD_AFTER_MS = 200;
/** How long a try may still take after the signal. */
const LAST_TRY_MS = 2000;

/**
 * Publishes messages again until the broker has confirmed them. What cannot be published stays unacknowledged
 * and is tried again with full-jitter delays: it is never lost. A stop ends that, and the message returns to
 * its queue.
 */
export class Republisher {
  readonly #options: RepublisherOptions;

  constructor(options: RepublisherOptions) {
    this.#options = options;
  }

  async republish(republication: Republication, hand: HandLike): Promise<Republished> {
    const { publishing, metrics } = this.#options;
    const blocked = () => republication.unlessBlocked === true && publishing.blocked;
    if (blocked()) return 'blocked';
    const patience = this.#patience(hand.gone);
    let release = () => {};
    const hold = setTimeout(() => {
      if (blocked()) return patience.end();
      const back = hand.hold(republication.message);
      metrics.held(1);
      release = () => {
        metrics.held(-1);
        back();
      };
    }, HOLD_AFTER_MS);
    const confirmed = await this.#untilConfirmed(republication, patience.over);
    clearTimeout(hold);
    patience.end();
    release();
    return confirmed ? 'confirmed' : blocked() ? 'blocked' : 'abandoned';
  }

  /** Ends when the channel is gone, and soon after the signal: at once where nothing can be published. */
  #patience(gone: AbortSignal): { readonly over: AbortSignal; end(): void } {
    const { stop, publishing } = this.#options;
    const over = new AbortController();
    let last: NodeJS.Timeout | undefined;
    const stopping = () => {
      last = setTimeout(end, publishing.blocked ? 0 : LAST_TRY_MS);
    };
    function end() {
      clearTimeout(last);
      gone.removeEventListener('abort', end);
      stop.removeEventListener('abort', stopping);
      over.abort();
    }
    gone.addEventListener('abort', end);
    stop.addEventListener('abort', stopping);
    if (stop.aborted) stopping();
    if (gone.aborted) end();
    return { over: over.signal, end };
  }

  async #untilConfirmed({ message, jobId, to, headers }: Republication, over: AbortSignal): Promise<boolean> {
    const { publishing, metrics, log, stop, random = Math.random } = this.#options;
    const awake = AbortSignal.any([over, stop]);
    for (let failures = 0; !over.aborted; failures += 1) {
      try {
        await unless(over, publishing.republish(over, message, to, headers));
        return true;
      } catch (error) {
        if (over.aborted) return false;
        metrics.notTaken();
        log.error({ jobId, to: to.routingKey, failures, err: error }, 'not republished');
      }
      if (stop.aborted) return false;
      await pause(reconnectDelayMs(failures, random), awake);
    }
    return false;
  }
}

/** Settles with the promise, or rejects as soon as the signal is aborted. */
function unless(signal: AbortSignal, promise: Promise<void>): Promise<void> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  if (signal.aborted) reject(signal.reason);
  return Promise.race([promise, aborted]);
}

/** Lasts until the time is over or the signal is aborted. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const end = () => {
    clearTimeout(timer);
    resolve();
  };
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  return promise;
}
