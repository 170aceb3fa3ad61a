/** The period and the phase of a timer, milliseconds. */
export interface FixedRateTimerOptions {
  /** Milliseconds; asked after every run, so that it may change. */
  readonly periodMs: () => number;
  readonly phaseMs: number;
  /** The first run comes within this: the instant of its grid that a longer period would wait for. @default phaseMs */
  readonly firstWithinMs?: number;
}

/** Of a period: instants computed in floating point may lie this far beside the grid. */
const TOLERANCE = 1e-6;

/**
 * Runs `work` at phase, phase + period, phase + 2 periods ... after its start. A run that outlasts its
 * period skips the instants it missed and never overlaps itself. With another period the instants are those
 * of a grid that began at the same phase.
 */
export class FixedRateTimer {
  readonly #options: FixedRateTimerOptions;
  readonly #work: () => Promise<void>;
  readonly #origin: number;
  #next: number;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(options: FixedRateTimerOptions, work: () => Promise<void>) {
    const { phaseMs, firstWithinMs = Number.POSITIVE_INFINITY } = options;
    const start = performance.now();
    this.#options = options;
    this.#work = work;
    this.#origin = start + phaseMs;
    this.#next = start + (phaseMs % firstWithinMs);
    this.#arm();
  }

  /** No further run begins; resolves when the one at work has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #arm(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.#run(), this.#next - performance.now());
  }

  #run(): void {
    this.#running = this.#work().finally(() => {
      this.#next = this.#instantAfter(this.#next);
      this.#arm();
    });
  }

  /** The first instant that is neither past nor the last one again: a timer may fire a little early. */
  #instantAfter(last: number): number {
    const periodMs = this.#options.periodMs();
    const periods = (instant: number): number => (instant - this.#origin) / periodMs;
    const following = Math.floor(periods(last) + TOLERANCE) + 1;
    const upcoming = Math.ceil(periods(performance.now()) - TOLERANCE);
    return this.#origin + Math.max(following, upcoming) * periodMs;
  }
}
