import type { Trace } from '@sluice/policy';
import { ConfigurationError } from '../../contracts/checks.ts';

const HOUR_SECONDS = 3600;
/** A part of the sample: long enough for what a policy remembers. */
const WINDOW_HOURS = 2;
const WINDOWS = 4;

/**
 * A part of a longer span, on which many policies are tried before a few are tried on all of it: the windows
 * with the most jobs, the highest peak, the fewest jobs, and the one in the middle. A short span is its own sample.
 */
export function sampleOf(recorded: Recorded): readonly Recorded[] {
  const size = WINDOW_HOURS * HOUR_SECONDS;
  if (recorded.counts.length <= WINDOWS * size) return [recorded];
  const windows: Recorded[] = [];
  for (let from = 0; from + size <= recorded.counts.length; from += size)
    windows.push(part(recorded, from, size));
  const byJobs = windows.toSorted((a, b) => jobsIn(a) - jobsIn(b));
  const byPeak = windows.toSorted((a, b) => peakOf(a) - peakOf(b));
  const picked = [byJobs.at(-1), byPeak.at(-1), byJobs[0], byJobs[Math.floor(byJobs.length / 2)]];
  return [...new Set(picked.filter((window) => window !== undefined))];
}

const MINUTE_SECONDS = 60;

/** The most jobs in a minute: what arrives at once is what a policy is late for. */
function peakOf({ counts }: Recorded): number {
  let peak = 0;
  for (let from = 0; from < counts.length; from += MINUTE_SECONDS) {
    let jobs = 0;
    for (const count of counts.subarray(from, from + MINUTE_SECONDS)) jobs += count;
    peak = Math.max(peak, jobs);
  }
  return peak;
}

/** Jobs that arrived in each second of a span. */
export interface Recorded {
  /** Epoch seconds of the first. */
  readonly startSeconds: number;
  readonly counts: Uint32Array;
}

const DAY_SECONDS = 86_400;
const YEAR_SECONDS = 366 * DAY_SECONDS;

/** @throws {ConfigurationError} for a trace that is longer than a year */
export function recordedOf({ entries }: Trace): Recorded {
  const startSeconds = entries[0]?.epochSeconds ?? 0;
  const seconds = (entries.at(-1)?.epochSeconds ?? 0) - startSeconds + 1;
  if (seconds > YEAR_SECONDS)
    throw new ConfigurationError('advise', [`the trace spans ${seconds} s, more than a year`]);
  const counts = new Uint32Array(seconds);
  for (const { epochSeconds, count } of entries)
    counts[epochSeconds - startSeconds] = (counts[epochSeconds - startSeconds] ?? 0) + count;
  return { startSeconds, counts };
}

/** Converts to a trace of the simulator: seconds without arrivals are left out, except the ends of the span. */
export function traceOf({ startSeconds, counts }: Recorded): Trace {
  const entries: { epochSeconds: number; count: number }[] = [];
  counts.forEach((count, second) => {
    if (count > 0 || second === 0 || second === counts.length - 1)
      entries.push({ epochSeconds: startSeconds + second, count });
  });
  return { kind: 'trace', entries };
}

/** How many jobs a recording holds. */
export const jobsIn = ({ counts }: Recorded): number => counts.reduce((sum, count) => sum + count, 0);

/** A part of a span, by seconds after its start; not longer than the span. */
const part = ({ startSeconds, counts }: Recorded, from: number, seconds: number): Recorded => ({
  startSeconds: startSeconds + from,
  counts: counts.subarray(from, from + seconds),
});

/** The days of a span in UTC, the first and the last as far as they are in it. */
export function daysOf(recorded: Recorded): Recorded[] {
  const { startSeconds, counts } = recorded;
  const days: Recorded[] = [];
  for (let from = 0; from < counts.length; ) {
    const left = DAY_SECONDS - ((startSeconds + from) % DAY_SECONDS);
    days.push(part(recorded, from, left));
    from += left;
  }
  return days;
}

/** The fitting half and the judging half. */
export function halvesOf(recorded: Recorded): readonly [Recorded, Recorded] {
  const middle = Math.floor(recorded.counts.length / 2);
  return [part(recorded, 0, middle), part(recorded, middle, recorded.counts.length - middle)];
}
