import { type Logger, messageOf } from '@sluice/runtime';
import { type ConnectionMetrics, isAlarm, runSessions, type SessionsOptions } from '@sluice/runtime/amqp';
import type { ChannelModel } from 'amqplib';
import { confirmedOn, type Republish } from './confirmed.ts';

/** The connection that messages are published again on. */
export interface PublishingOptions extends Pick<SessionsOptions, 'target' | 'connect'> {
  readonly log: Pick<Logger, 'info' | 'warn'>;
  readonly metrics: Pick<ConnectionMetrics, 'blocked' | 'lost'>;
}

/** How long nothing is published after a refusal for want of memory or disk. */
const ALARM_MS = 15_000;

/**
 * The connection on which messages are published again. Opened when it is first needed: most consumers never
 * retry. Not the one that takes messages: a broker that is short of memory or disk reads nothing from a
 * connection that publishes, its acknowledgements included.
 */
export class PublishingConnection {
  readonly #options: PublishingOptions;
  readonly #closing = new AbortController();
  #running: Promise<void> | undefined;
  #republish: Republish | undefined;
  #blocked = false;
  #alarm: NodeJS.Timeout | undefined;
  /** Resolves when messages can be published. */
  #usable = Promise.withResolvers<Republish>();
  #wasUsable = false;

  constructor(options: PublishingOptions) {
    this.#options = options;
  }

  /** The broker refuses to take messages: memory or disk alarm. */
  get blocked(): boolean {
    return this.#blocked;
  }

  /**
   * Waits for a connection that is not blocked. Rejects when the broker did not take the message, or when the
   * signal came before it was sent.
   */
  async republish(unless: AbortSignal, ...message: Parameters<Republish>): Promise<void> {
    this.#running ??= this.#run();
    const republish = await this.#usable.promise;
    unless.throwIfAborted();
    try {
      await republish(...message);
    } catch (error) {
      if (isAlarm(error)) this.#alarmed(error);
      throw error;
    }
  }

  /** A LavinMQ with a full disk closes the channel instead of blocking it, and says nothing when that is over. */
  #alarmed(error: unknown): void {
    if (this.#blocked) return;
    this.#options.log.warn({ error: messageOf(error), delayMs: ALARM_MS }, 'alarm of the broker');
    this.#setBlocked(true);
    this.#alarm = setTimeout(() => this.#setBlocked(false), ALARM_MS);
  }

  #setBlocked(yes: boolean): void {
    this.#options.metrics.blocked(yes);
    this.#blocked = yes;
    this.#changed();
  }

  /** Nothing can be published any more; what waits stays unanswered. */
  async close(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#alarm);
    await this.#running;
  }

  async #run(): Promise<void> {
    const { target, connect, log, metrics } = this.#options;
    try {
      await runSessions<ChannelModel>({
        ...{ target, log, signal: this.#closing.signal, ...(connect && { connect }) },
        metrics: {
          connected: () => {},
          blocked: (yes) => this.#setBlocked(yes),
          lost: (error) => metrics.lost(error),
        },
        session: (connection) => this.#session(connection),
      });
    } catch (error) {
      log.warn({ error: messageOf(error) }, 'publishing connection not closed');
    }
  }

  /** Lasts until it is lost or closed. */
  async #session(connection: ChannelModel): Promise<void> {
    connection.on('close', () => {
      this.#republish = undefined;
      this.#changed();
    });
    this.#republish = confirmedOn(connection);
    this.#changed();
    const { signal } = this.#closing;
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  #changed(): void {
    const republish = this.#blocked ? undefined : this.#republish;
    if (republish !== undefined) this.#usable.resolve(republish);
    // A message that waits already keeps its promise.
    else if (this.#wasUsable) this.#usable = Promise.withResolvers();
    this.#wasUsable = republish !== undefined;
  }
}
