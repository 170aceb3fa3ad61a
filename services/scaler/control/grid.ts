/**
 * Runs `work` at phase, phase + period, phase + 2 periods ... after its start. A run that outlasts its
 * period skips the instants it missed and never overlaps itself.
 */
export class Grid {
  readonly #periodMs: number;
  readonly #work: () => Promise<void>;
  #next: number;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(periodMs: number, phaseMs: number, work: () => Promise<void>) {
    this.#periodMs = periodMs;
    this.#work = work;
    this.#next = performance.now() + phaseMs;
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
    const now = performance.now();
    if (this.#next < now) this.#next += Math.ceil((now - this.#next) / this.#periodMs) * this.#periodMs;
    this.#timer = setTimeout(() => this.#run(), this.#next - now);
  }

  #run(): void {
    this.#next += this.#periodMs;
    this.#running = this.#work().finally(() => this.#arm());
  }
}
