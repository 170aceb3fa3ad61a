import { jobsIn, part, type Recorded } from './arrivals.ts';

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
