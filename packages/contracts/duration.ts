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
