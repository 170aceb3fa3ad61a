/** What one document says of one series. */
export interface Reading {
  /** Index of its family. */
  readonly family: number;
  /** As it is exposed: `name{label="value"}`. */
  readonly id: string;
  /** A counter goes on where its source starts again; a gauge is what it is. */
  readonly counter: boolean;
  readonly value: number;
}

/** A series as it is exposed. */
export interface Series {
  readonly family: number;
  readonly id: string;
  value: number;
  /** What the source said last. */
  raw: number;
  /** Number of the last document that held it. */
  document: number;
}

export interface Update {
  /** Those of the document, in its order. */
  readonly series: readonly Series[];
  /** Readings of a series that the document has given already; the first one holds. */
  readonly duplicates: number;
  /** A counter was lower than before: the source has started again. */
  readonly restarted: boolean;
}

/** @returns by how much a counter has grown: a lower value is what it has counted since its restart */
export const increase = (before: number, now: number): number => (now < before ? now : now - before);

/** The series of one target from document to document. */
export class SeriesTable {
  readonly #known = new Map<string, Series>();
  readonly #limit: number;
  #documents = 0;

  /** @param limit How many series are remembered that documents do not hold any more, so that they can go on */
  constructor(limit: number) {
    this.#limit = limit;
  }

  update(readings: readonly Reading[]): Update {
    this.#documents += 1;
    const series: Series[] = [];
    let restarted = false;
    for (const reading of readings) {
      const known = this.#known.get(reading.id);
      if (known?.document === this.#documents) continue;
      restarted ||= known !== undefined && reading.counter && reading.value < known.raw;
      series.push(known === undefined ? this.#begin(reading) : this.#goOn(known, reading));
    }
    if (this.#known.size > this.#limit + series.length) this.#forget();
    return { series, duplicates: readings.length - series.length, restarted };
  }

  #begin({ family, id, value }: Reading): Series {
    const series = { family, id, value, raw: value, document: this.#documents };
    this.#known.set(id, series);
    return series;
  }

  #goOn(series: Series, { counter, value }: Reading): Series {
    series.value = counter ? series.value + increase(series.raw, value) : value;
    series.raw = value;
    series.document = this.#documents;
    return series;
  }

  #forget(): void {
    for (const [id, { document }] of this.#known) if (document !== this.#documents) this.#known.delete(id);
  }
}
