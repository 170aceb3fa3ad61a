import type { Backlog } from '../decision.ts';
import type { Series } from './simulation.ts';

/** What is counted while the simulation runs. */
export class Counters {
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

const ROWS = 1000;

/** For plotting: columns of at most about 1000 rows, each the peak of its interval. */
export interface Rows {
  readonly everySeconds: number;
  readonly second: readonly number[];
}

/** @param leastSeconds of an interval. @param columns A value for each second */
export function peaksOf<Name extends string>(
  seconds: number,
  leastSeconds: number,
  columns: Readonly<Record<Name, Uint32Array>>,
): Rows & Record<Name, readonly number[]> {
  const everySeconds = Math.max(Math.ceil(leastSeconds), Math.ceil(seconds / ROWS));
  const rows = Math.ceil(seconds / everySeconds);
  const second = Array.from({ length: rows }, (_, row) => row * everySeconds);
  const peaks = Object.entries<Uint32Array>(columns).map(([name, column]) => [
    name,
    second.map((from) => peakOf(column.subarray(from, from + everySeconds))),
  ]);
  return { everySeconds, second, ...(Object.fromEntries(peaks) as Record<Name, readonly number[]>) };
}

/** The highest value; 0 of none. */
export const peakOf = (values: Uint32Array): number =>
  values.reduce((high, value) => Math.max(high, value), 0);

/** The state of every second: what a scrape some seconds ago saw, and what is plotted. */
export class Recorder {
  readonly #ready: Uint32Array;
  readonly #unacked: Uint32Array;
  readonly #replicas: Uint32Array;
  readonly #oldest: Float64Array;
  readonly #published: Uint32Array;
  readonly #acknowledged: Uint32Array;

  constructor(seconds: number) {
    this.#ready = new Uint32Array(seconds + 1);
    this.#unacked = new Uint32Array(seconds + 1);
    this.#replicas = new Uint32Array(seconds + 1);
    this.#oldest = new Float64Array(seconds + 1);
    this.#published = new Uint32Array(seconds + 1);
    this.#acknowledged = new Uint32Array(seconds + 1);
  }

  record(second: number, ready: number, unacked: number, oldestArrival: number | undefined): void {
    this.#ready[second] = ready;
    this.#unacked[second] = unacked;
    this.#oldest[second] = oldestArrival === undefined ? 0 : second - oldestArrival;
  }

  counted(second: number, published: number, acknowledged: number): void {
    this.#published[second] = published;
    this.#acknowledged[second] = acknowledged;
  }

  /** What a broker has counted until a second. */
  totals(second: number): Pick<Backlog, 'publishedTotal' | 'acknowledgedTotal'> {
    return {
      publishedTotal: this.#published[second] ?? 0,
      acknowledgedTotal: this.#acknowledged[second] ?? 0,
    };
  }

  scaled(second: number, replicas: number): void {
    this.#replicas[second] = replicas;
  }

  /** The backlog as it was at a second; `at` is left to the caller, who knows the calendar. */
  backlog(second: number, tellsAge: boolean): Omit<Backlog, 'at'> {
    const counts = { ready: this.#ready[second] ?? 0, unacked: this.#unacked[second] ?? 0 };
    return tellsAge ? { ...counts, oldestWaitSeconds: this.#oldest[second] ?? 0 } : counts;
  }

  series(seconds: number, pollSeconds: number): Series {
    return peaksOf(seconds, pollSeconds, {
      replicas: this.#replicas,
      ready: this.#ready,
      unacked: this.#unacked,
      backlog: this.#ready.map((ready, at) => ready + (this.#unacked[at] ?? 0)),
    });
  }
}
