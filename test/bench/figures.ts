/** One line of `npm run bench`. */
export interface Figure {
  /** Stable kebab-case name. */
  readonly bench: string;
  readonly value: number;
  readonly unit: string;
  /** Ours over the baseline, the median of interleaved pairs. */
  readonly ratio?: number;
  /** Lowest and highest pair's ratio: how noisy the machine was. */
  readonly spread?: readonly [number, number];
  /** What is asked of `value` or `ratio`, in words. */
  readonly target: string;
  readonly ok: boolean;
}

/** A bench runs for real and returns its figures. */
export type Bench = () => Promise<Figure[]>;

/**
 * Measures two things in turn (A B B A ...) so that both see the same machine, however its speed drifts.
 * @returns the median of A, and the ratios A/B pair by pair, sorted.
 */
export async function interleaved(
  pairs: number,
  a: () => Promise<number>,
  b: () => Promise<number>,
): Promise<{ a: number; b: number; ratio: number; spread: [number, number] }> {
  const as: number[] = [];
  const bs: number[] = [];
  for (let pair = 0; pair < pairs; pair += 1) {
    const order = pair % 2 === 0 ? [a, b] : [b, a];
    for (const measure of order) (measure === a ? as : bs).push(await measure());
  }
  const ratios = as.map((value, index) => value / (bs[index] ?? Number.NaN)).sort((x, y) => x - y);
  return {
    a: median(as),
    b: median(bs),
    ratio: median(ratios),
    spread: [round(ratios[0]), round(ratios.at(-1))],
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((x, y) => x - y);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Three significant digits: more would claim a precision no shared machine has. */
export const round = (value: number | undefined): number => Number((value ?? Number.NaN).toPrecision(3));
