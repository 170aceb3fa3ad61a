import { monitorEventLoopDelay } from 'node:perf_hooks';

/** The mean delay of the event loop since the last reading, seconds. */
export type DelayReading = () => number;

/** From what delay on requests are refused. */
export interface OverloadOptions {
  readonly read: DelayReading;
  readonly maxSeconds: number;
  readonly changed: (overloaded: boolean, delaySeconds: number) => void;
}

/** Overloaded as long as the last reading of the event loop's delay was above the limit. */
export class Overload {
  readonly #options: OverloadOptions;
  #overloaded = false;

  constructor(options: OverloadOptions) {
    this.#options = options;
  }

  get overloaded(): boolean {
    return this.#overloaded;
  }

  sample(): void {
    const { read, maxSeconds, changed } = this.#options;
    const delay = read();
    const overloaded = delay > maxSeconds;
    if (overloaded === this.#overloaded) return;
    this.#overloaded = overloaded;
    changed(overloaded, delay);
  }

  /** Samples again and again. @returns what ends it */
  watch(everyMs: number): () => void {
    const timer = setInterval(() => this.sample(), everyMs);
    timer.unref();
    return () => clearInterval(timer);
  }
}

const RESOLUTION_MS = 10;

/** @see https://nodejs.org/api/perf_hooks.html#perf_hooksmonitoreventloopdelayoptions */
export function eventLoopDelay(): DelayReading {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  return () => {
    // Nothing recorded gives NaN; an interval in time measures its own resolution.
    const delayMs = histogram.count === 0 ? 0 : histogram.mean / 1e6 - RESOLUTION_MS;
    histogram.reset();
    return Math.max(0, delayMs) / 1000;
  };
}
