import type { Backlog } from '../backlog.ts';
import { peaksOf } from './peaks.ts';
import type { Series } from './simulation.ts';

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
