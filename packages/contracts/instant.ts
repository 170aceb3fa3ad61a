const UNIT_SECONDS = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** The longest delay of a timer of Node, seconds: 24.8 days. A longer one would end at once. */
export const MAX_TIMER_SECONDS = (2 ** 31 - 1) / 1000;

/** What `parseDuration` asks of a text. */
export const durationRule = (maxSeconds = MAX_TIMER_SECONDS): string =>
  `must be a positive duration such as 500ms, 30s, 10m or 1h, at most ${Math.floor(maxSeconds / 3600)}h`;

/**
 * '30s' -> 30. @returns undefined for anything that is not a positive number with a unit, and for what exceeds the
 * maximum.
 * @param maxSeconds @default what a timer can wait
 */
export function parseDuration(text: string, maxSeconds = MAX_TIMER_SECONDS): number | undefined {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text);
  const seconds = match ? Number(match[1]) * UNIT_SECONDS[match[2] as keyof typeof UNIT_SECONDS] : 0;
  return seconds > 0 && seconds <= maxSeconds ? seconds : undefined;
}

const PROMETHEUS_SECONDS: Readonly<Record<string, number>> = { ...UNIT_SECONDS, w: 604_800, y: 31_536_000 };

/**
 * Seconds of a duration as Prometheus writes it, `1h30m`: each unit once, the largest first. @returns undefined for what is none
 * @see https://prometheus.io/docs/prometheus/latest/querying/basics/#float-literals-and-time-durations
 */
export function prometheusSeconds(text: string): number | undefined {
  const form = /^(\d+y)?(\d+w)?(\d+d)?(\d+h)?(\d+m)?(\d+s)?(\d+ms)?$/;
  if (text === '0') return 0;
  if (text === '' || !form.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+)(ms|[ywdhms])/g)];
  return parts.reduce(
    (sum, [, count, unit = '']) => sum + Number(count) * (PROMETHEUS_SECONDS[unit] ?? 0),
    0,
  );
}

/**
 * The one rule for instants that come from elsewhere: numbers in any unit, and texts. What is none is undefined, never
 * a date that cannot be.
 */

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

const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:[Zz]|[+-]\d\d:\d\d)$/;

/**
 * The instant that a text means, to the millisecond: RFC 3339 with its zone; seconds may be left out.
 * @returns epoch milliseconds, from 1970 to 9999; undefined for any other text, such as one without a zone, and for a
 * day that is not in its month
 * @see https://datatracker.ietf.org/doc/html/rfc3339#section-5.6
 */
export function parseInstant(text: unknown): number | undefined {
  const [whole, year, month, day] = typeof text === 'string' ? (RFC_3339.exec(text) ?? []) : [];
  if (whole === undefined || !isDay(Number(year), Number(month), Number(day))) return undefined;
  const at = Date.parse(whole.toUpperCase());
  return at >= 0 ? at : undefined;
}

/** `Date` takes 30 February for 2 March. */
const isDay = (year: number, month: number, day: number): boolean =>
  new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
