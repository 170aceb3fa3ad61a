import { withTimeout } from '@sluice/runtime';
import type { Channel, ChannelModel } from 'amqplib';
import { Intake, type IntakeOptions } from './intake.ts';
import type { ConsumerMetrics } from './metrics.ts';

/** What one connection consumes, and when it stops. */
export interface ConsumeOptions extends IntakeOptions {
  /** Aborted: take no more, finish what is in flight. */
  readonly signal: AbortSignal;
  /** Called with whether messages can arrive. */
  readonly consuming: (yes: boolean) => void;
}

/** The end of a connection may leave a closing without an answer. */
const CLOSE_TIMEOUT_MS = 10_000;

/**
 * Consumes on one connection until the signal. Resolves when every job in flight is settled and the broker has
 * heard of it; rejects when the channel or its consumer is gone.
 */
export async function consume(connection: ChannelModel, options: ConsumeOptions): Promise<void> {
  const { signal, consuming } = options;
  const channel = await connection.createChannel();
  const gone = channelGone(channel);
  const intake = new Intake(channel, options);
  try {
    await Promise.race([intake.open(), gone]);
    consuming(true);
    await Promise.race([aborted(signal), gone, intake.cancelled]);
    consuming(false);
    await Promise.race([intake.drain(), gone]);
    // Answered after the acks before it have been taken.
    await withTimeout(channel.close(), CLOSE_TIMEOUT_MS, 'closing the channel');
  } finally {
    consuming(false);
    intake.end();
  }
}

/** Rejects when the channel ends, with its error where it has one. */
function channelGone(channel: Channel): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  channel.on('error', reject);
  channel.on('close', () => reject(new Error('the channel closed')));
  promise.catch(() => {});
  return promise;
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** Whether the service consumes, and how long it may not. */
export interface ConsumptionOptions {
  readonly queue: string;
  /** How long it may not consume and still be alive, seconds. */
  readonly limitSeconds: number;
  readonly metrics: Pick<ConsumerMetrics, 'consuming'>;
  /** Aborted when the service stops: then it is intended that it does not consume. */
  readonly stop: AbortSignal;
  /** Milliseconds, of a clock that is never set back. */
  readonly now?: () => number;
}

/** Whether messages can come, as readiness and liveness know it. */
export class Consumption {
  readonly #options: ConsumptionOptions;
  readonly #now: () => number;
  /** When it last consumed; undefined while it does. */
  #idleSince: number | undefined;

  constructor(options: ConsumptionOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#idleSince = this.#now();
    options.metrics.consuming(false);
  }

  set(consuming: boolean): void {
    if (consuming) this.#idleSince = undefined;
    else this.#idleSince ??= this.#now();
    this.#options.metrics.consuming(consuming);
  }

  /** Fails at once. */
  ready = (): string | undefined =>
    this.#idleSince === undefined ? undefined : `not consuming '${this.#options.queue}'`;

  /** Fails after the limit: whatever it waits for, a new process may be better off. */
  live = (): string | undefined => {
    const { queue, limitSeconds, stop } = this.#options;
    if (this.#idleSince === undefined || stop.aborted) return undefined;
    const idleSeconds = (this.#now() - this.#idleSince) / 1000;
    return idleSeconds > limitSeconds
      ? `not consuming '${queue}' for ${Math.round(idleSeconds)} s`
      : undefined;
  };
}
