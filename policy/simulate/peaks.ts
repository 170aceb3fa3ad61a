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

export const peakOf = (values: Uint32Array): number =>
  values.reduce((high, value) => Math.max(high, value), 0);
