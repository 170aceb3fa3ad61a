/** What is counted while the simulation runs. */
export class Tally {
  readonly #waits: Float64Array;
  processed = 0;
  serviceSeconds = 0;
  podSeconds = 0;
  restarts = 0;

  constructor(published: number) {
    this.#waits = new Float64Array(published);
  }

  finished(waitSeconds: number, serviceSeconds: number): void {
    this.#waits[this.processed] = waitSeconds;
    this.processed += 1;
    this.serviceSeconds += serviceSeconds;
  }

  /** Nearest rank: of 100 waits, the 99th is p99. 0 when nothing was processed. */
  percentiles(...ranks: readonly number[]): readonly number[] {
    const sorted = this.#waits.subarray(0, this.processed).toSorted();
    return ranks.map((rank) => sorted[Math.max(0, Math.ceil(rank * sorted.length) - 1)] ?? 0);
  }
}
