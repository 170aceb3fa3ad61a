/** What one document says of one series. */
export interface Reading {
  /** Index of its family. */
  readonly family: number;
  /** The series as it is exposed: `name{label="value"}`. */
  readonly id: string;
  /** A counter goes on where its source starts again; a gauge is what it is. */
  readonly counter: boolean;
  readonly value: number;
}

/**
 * The series of one target, as columns: an object for each would take three times the memory, and there are
 * a hundred thousand of them.
 */
export interface SeriesColumns {
  /** Ascending. */
  readonly families: Uint16Array;
  readonly ids: readonly string[];
  /** The values as they are exposed. */
  readonly values: Float64Array;
}

/** The series of a target after a document was read. */
export interface Update {
  /** In the order of the readings; changed in place by the next update that has the same. */
  readonly series: SeriesColumns;
  /** Readings of a series that the document has given already; the first one holds. */
  readonly duplicates: number;
  /** A counter was lower than before: the source has started again. */
  readonly restarted: boolean;
}

/** @returns by how much a counter has grown: a lower value is what it has counted since its restart */
export const increase = (before: number, now: number): number => (now < before ? now : now - before);

interface Count {
  readonly id: string;
  /** The value as it is exposed. */
  readonly value: number;
  /** The value that the source reported. */
  readonly raw: number;
}

interface Columns extends SeriesColumns {
  /** The values that the source reported; NaN for a gauge, and for a new counter. */
  readonly raws: Float64Array;
}

const columnsOf = (readings: readonly Reading[], ids: readonly string[]): Columns => ({
  ids,
  families: Uint16Array.from(readings, ({ family }) => family),
  values: new Float64Array(ids.length),
  raws: new Float64Array(ids.length).fill(Number.NaN),
});

/** The series of one target from document to document. */
export class SeriesTable {
  readonly #limit: number;
  #columns = columnsOf([], []);
  /** Counters that the newest document does not hold, the longest absent first. */
  readonly #absent = new Map<string, Count>();

  /** @param limit How many absent counters are remembered, so that they can go on */
  constructor(limit: number) {
    this.#limit = limit;
  }

  update(readings: readonly Reading[]): Update {
    const { ids } = this.#columns;
    const same = readings.length === ids.length && readings.every(({ id }, index) => id === ids[index]);
    const distinct = same
      ? readings
      : [...new Map(readings.toReversed().map((it) => [it.id, it])).values()].reverse();
    if (!same) this.#arrange(distinct);
    const restarted = this.#advance(distinct);
    return { series: this.#columns, duplicates: readings.length - distinct.length, restarted };
  }

  /** Other series than before: those that are known go on. */
  #arrange(readings: readonly Reading[]): void {
    const counts = this.#counts();
    const known = readings.map(({ id }) => counts.get(id) ?? this.#absent.get(id));
    const columns = columnsOf(
      readings,
      // The text of before: else that of each document would be kept.
      readings.map(({ id }, index) => known[index]?.id ?? id),
    );
    for (const [index, count] of known.entries()) {
      if (count === undefined) continue;
      columns.values[index] = count.value;
      columns.raws[index] = count.raw;
    }
    this.#columns = columns;
    this.#remember(counts);
  }

  #advance(readings: readonly Reading[]): boolean {
    const { values, raws } = this.#columns;
    let restarted = false;
    for (const [index, { counter, value }] of readings.entries()) {
      const raw = raws[index] ?? Number.NaN;
      values[index] = Number.isNaN(raw) ? value : (values[index] ?? 0) + increase(raw, value);
      restarted ||= value < raw;
      raws[index] = counter ? value : Number.NaN;
    }
    return restarted;
  }

  /** The counters of the last document. */
  #counts(): Map<string, Count> {
    const { ids, values, raws } = this.#columns;
    const counts = ids.map((id, index): [string, Count] => [
      id,
      { id, value: values[index] ?? 0, raw: raws[index] ?? Number.NaN },
    ]);
    return new Map(counts.filter(([, { raw }]) => !Number.isNaN(raw)));
  }

  #remember(counts: Map<string, Count>): void {
    for (const id of this.#columns.ids) {
      counts.delete(id);
      this.#absent.delete(id);
    }
    for (const [id, count] of counts) this.#absent.set(id, count);
    for (const id of this.#absent.keys()) {
      if (this.#absent.size <= this.#limit) break;
      this.#absent.delete(id);
    }
  }
}
