import { evaluate } from './evaluate.ts';
import type { JSONValue } from './expression.ts';
import type { Module } from './mapping.ts';
import { asFetchError, type FailureReason } from './probe.ts';
import { type SeriesColumns, SeriesTable } from './series.ts';

/** A target that is read in turn, and how long its values are exposed. */
export interface TargetOptions {
  readonly name: string;
  readonly module: Module;
  readonly maxSeries: number;
  /** Age from which values are not exposed any more; counted from the beginning of their fetch. */
  readonly staleAfterMs: number;
  /** @throws FetchError */
  readonly fetch: () => Promise<JSONValue>;
  /** Milliseconds of a clock that never goes back. @default performance.now */
  readonly now?: () => number;
}

/** What became of one fetch. */
export type Outcome = { readonly durationSeconds: number } & (Success | Failure);

interface Success {
  readonly failure?: undefined;
  readonly series: number;
  /** Values that could not be exposed. */
  readonly invalid: number;
  /** A counter of the source has started again. */
  readonly restarted: boolean;
}

interface Failure {
  readonly failure: { readonly reason: FailureReason; readonly message: string };
}

/** One source of documents, and the series of the last one. */
export class Target {
  readonly name: string;
  readonly #options: TargetOptions;
  readonly #now: () => number;
  readonly #table: SeriesTable;
  #series: SeriesColumns | undefined;
  #freshUntil = Number.NEGATIVE_INFINITY;

  constructor(options: TargetOptions) {
    this.name = options.name;
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#table = new SeriesTable(options.maxSeries);
  }

  /** Fetches once; what failed leaves the series as they are. */
  async fetch(): Promise<Outcome> {
    const began = this.#now();
    const done = () => ({ durationSeconds: (this.#now() - began) / 1000 });
    try {
      const success = this.#take(await this.#options.fetch(), began);
      return { ...done(), ...success };
    } catch (error) {
      const { reason, message } = asFetchError(error);
      return { ...done(), failure: { reason, message } };
    }
  }

  /** The series of the last document, undefined when it is too old. */
  series(): SeriesColumns | undefined {
    return this.#now() < this.#freshUntil ? this.#series : undefined;
  }

  #take(document: JSONValue, began: number): Success {
    const { module, name, maxSeries, staleAfterMs } = this.#options;
    const { readings, invalid } = evaluate(document, { module, target: name, maxSeries });
    const { series, duplicates, restarted } = this.#table.update(readings);
    this.#series = series;
    this.#freshUntil = began + staleAfterMs;
    return { series: series.ids.length, invalid: invalid + duplicates, restarted };
  }
}
