import type { ConsumerMetrics } from './metrics.ts';

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
