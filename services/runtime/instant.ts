/** A clock of another machine may be ahead by this much, milliseconds. */
export const CLOCK_SKEW_MS = 5000;

/** What a number may count since 1970, in each unit of a millisecond's fraction or multiple. */
const UNITS_PER_MS = [1 / 1000, 1, 1000, 1_000_000];
/** 2001-09-09: no message of ours is older, and a number below it is a duration or a count. */
const EARLIEST_MS = 1_000_000_000_000;
/** Where the next unit begins, seconds read as milliseconds: the year 5138. */
const LATEST_MS = EARLIEST_MS * 100;

/**
 * The instant that a number means: seconds, milliseconds, microseconds or nanoseconds since 1970, recognized by its
 * magnitude, because publishers write all of them into a field that is meant to hold seconds.
 * @param value What a message, a broker or a metric holds: a number, a bigint or decimal digits
 * @param now Epoch milliseconds
 * @returns epoch milliseconds, not after `now`; undefined for what no publisher can mean: no number, before
 * 2001-09-09, or ahead of now by more than the skew of two clocks
 */
export function instantOf(value: unknown, now: number, skewMs = CLOCK_SKEW_MS): number | undefined {
  const number = numberOf(value);
  for (const perMs of UNITS_PER_MS) {
    const ms = number / perMs;
    if (ms >= EARLIEST_MS && ms < LATEST_MS) return ms <= now + skewMs ? Math.min(ms, now) : undefined;
  }
  return undefined;
}

function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'string' && /^\d{1,20}(\.\d{1,9})?$/.test(value) ? Number(value) : Number.NaN;
}
