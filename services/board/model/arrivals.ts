import { baseOf, type Policy, type Trace } from '@sluice/policy';
import type { Sample } from './history.ts';

/** The last hours: what is older is left out. */
const MOST_SECONDS = 6 * 3600;
const LEAST_SECONDS = 60;
/** An answer is to take less than a second. */
const MOST_JOBS = 50_000;
/** Where neither the policy nor the readings say it. */
const USUAL_JOB_SECONDS = 10;
const USUAL_START_SECONDS = 10;

/** What arrived at a queue, as far as the readings of the board tell it. */
export interface Arrived {
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly jobs: number;
  readonly trace: Trace;
  /** Replicas at the start of the span. */
  readonly replicas: number;
}

/** Why nothing can be replayed. */
export type TooLittle = 'short' | 'none' | 'many';

/** Seconds that a job takes and a replica starts, where the policy does not state them. */
export function workloadTimes(
  policy: Policy,
  samples: readonly Sample[],
): { readonly jobSeconds: number; readonly startSeconds: number } {
  const base = baseOf(policy);
  const said = 'podStartSeconds' in base ? base.podStartSeconds : USUAL_START_SECONDS;
  if ('meanServiceSeconds' in base && base.meanServiceSeconds !== undefined)
    return { jobSeconds: base.meanServiceSeconds, startSeconds: said };
  return { jobSeconds: measuredJob(samples) ?? USUAL_JOB_SECONDS, startSeconds: said };
}

/** By Little's law: work in hand by jobs done a second. */
function measuredJob(samples: readonly Sample[]): number | undefined {
  let work = 0;
  let done = 0;
  for (const [index, { at, unacked, throughput }] of samples.entries()) {
    const seconds = (at - (samples[index - 1]?.at ?? at)) / 1000;
    if (throughput === null) continue;
    work += unacked * seconds;
    done += throughput * seconds;
  }
  return done < 10 || work === 0
    ? undefined
    : Math.min(3600, Math.max(0.1, Math.round((work / done) * 10) / 10));
}

/**
 * Arrivals between readings: how the backlog changed, and what was done meanwhile. Where the jobs done are not reported
 * they follow from the work in hand and the time of a job.
 */
export function arrivedOf(all: readonly Sample[], jobSeconds: number): Arrived | TooLittle {
  const end = all.at(-1)?.at ?? 0;
  const samples = all.filter(({ at }) => end - at <= MOST_SECONDS * 1000);
  const [first] = samples;
  if (first === undefined || end - first.at < LEAST_SECONDS * 1000) return 'short';
  const counts = new Map<number, number>();
  const add = (second: number, jobs: number) => counts.set(second, (counts.get(second) ?? 0) + jobs);
  const start = Math.floor(first.at / 1000);
  add(start, first.ready + first.unacked);
  let owed = 0;
  for (const [index, later] of samples.slice(1).entries()) {
    const earlier = samples[index] ?? first;
    owed += between(earlier, later, jobSeconds);
    const jobs = Math.max(0, Math.floor(owed));
    owed -= jobs;
    spread(jobs, Math.floor(earlier.at / 1000), Math.floor(later.at / 1000), add);
  }
  add(Math.floor(end / 1000), 0);
  return arrived({ from: first.at, to: end, replicas: first.replicas }, counts);
}

/** Fewer than none is carried on: a reading may be a moment early. */
function between(earlier: Sample, later: Sample, jobSeconds: number): number {
  const seconds = (later.at - earlier.at) / 1000;
  const done = later.throughput ?? (earlier.unacked + later.unacked) / 2 / jobSeconds;
  return later.ready + later.unacked - earlier.ready - earlier.unacked + done * seconds;
}

/** Evenly over the seconds between two readings. */
function spread(jobs: number, from: number, to: number, add: (second: number, jobs: number) => void): void {
  const seconds = Math.max(1, to - from);
  for (let second = 0; second < seconds; second += 1) {
    const count = Math.floor((jobs * (second + 1)) / seconds) - Math.floor((jobs * second) / seconds);
    if (count > 0) add(from + second, count);
  }
}

function arrived(
  span: Pick<Arrived, 'from' | 'to' | 'replicas'>,
  counts: ReadonlyMap<number, number>,
): Arrived | TooLittle {
  const entries = [...counts]
    .sort(([a], [b]) => a - b)
    .map(([epochSeconds, count]) => ({ epochSeconds, count }));
  const jobs = entries.reduce((sum, { count }) => sum + count, 0);
  if (jobs === 0) return 'none';
  return jobs > MOST_JOBS ? 'many' : { ...span, jobs, trace: { kind: 'trace', entries } };
}
