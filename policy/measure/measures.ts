import { MAX_TIMER_SECONDS } from '../bounds.ts';
import type { Backlog } from '../decision.ts';
import type { BasePolicy, Policy, ServiceTimed } from '../policy.ts';

/**
 * What the totals of a broker say about the work: smoothed, bounded in its change, plain data in the history.
 * Instants are epoch milliseconds.
 */
export interface Measures {
  /** Epoch milliseconds of the reading that was counted last. */
  readonly at: number;
  /** Epoch milliseconds of the reading that was counted first. */
  readonly since: number;
  readonly publishedTotal: number;
  readonly acknowledgedTotal: number;
  readonly unacked: number;
  /** Messages published a second. */
  readonly arrivalsPerSecond: number;
  /** Seconds that one message is in work. */
  readonly serviceSeconds: number;
  /** The remembered work: message-seconds in flight, and messages acknowledged. Their ratio is Little's law. */
  readonly workSeconds: number;
  readonly jobs: number;
}

/** A rate remembers about a minute; it is known once two have been seen. */
export const RATE_MEMORY_SECONDS = 60;
/** Seconds of readings after which a rate counts as known. */
export const WARM_UP_SECONDS = 2 * RATE_MEMORY_SECONDS;
/** What a measured service time begins with, unless the policy says another. */
export const DEFAULT_INITIAL_SERVICE_SECONDS = 10;

/** A service time remembers half a minute, and at least so many jobs. */
const WORK_MEMORY_SECONDS = 30;
const LEAST_JOBS = 10;
/** What is known before the first job counts as so many. */
const INITIAL_JOBS = 3;
/** RabbitMQ counts every 5 s: a shorter span shows none of them, or all of 5 s. */
const LEAST_SPAN_SECONDS = 4;
/** Across a longer span the amount of work in flight is unknown. */
const LONGEST_SPAN_SECONDS = 60;
/** A measure at most doubles, and a service time at most halves, in so many seconds. */
const DOUBLING_SECONDS = 15;
const SHORTEST_SERVICE_SECONDS = 0.001;

/** Whether a policy lives off totals that the source counts. */
export const needsMeasures = (policy: Policy): boolean => {
  const base: BasePolicy = policy.kind === 'schedule' ? policy.policy : policy;
  return base.kind === 'flow' || (base.kind === 'drain' && base.meanServiceSeconds === undefined);
};

/** Seconds a job takes: what the policy says, else what was measured, else what it begins with. */
export const serviceSecondsOf = (policy: ServiceTimed, measures: Measures | undefined): number =>
  policy.meanServiceSeconds ?? measures?.serviceSeconds ?? initialOf(policy);

const initialOf = ({ initialServiceSeconds = DEFAULT_INITIAL_SERVICE_SECONDS }: ServiceTimed): number =>
  initialServiceSeconds;

/**
 * The measures with one more reading in them. A reading without totals, one that is no news and one that comes too
 * soon say nothing; totals that fell belong to a broker that restarted, and only the next ones count.
 */
export function measured(
  policy: ServiceTimed,
  known: Measures | undefined,
  reading: Backlog,
): Measures | undefined {
  const { publishedTotal, acknowledgedTotal, unacked, at } = reading;
  if (publishedTotal === undefined || acknowledgedTotal === undefined) return known;
  const now = { at, publishedTotal, acknowledgedTotal, unacked };
  if (known === undefined) return first(policy, now);
  const seconds = (at - known.at) / 1000;
  if (seconds < LEAST_SPAN_SECONDS) return known;
  const published = publishedTotal - known.publishedTotal;
  const acknowledged = acknowledgedTotal - known.acknowledgedTotal;
  if (published < 0 || acknowledged < 0) return { ...known, ...now };
  return {
    ...{ ...now, since: known.since },
    arrivalsPerSecond: nextRate(known, { seconds, published, work: reading.ready + unacked }),
    ...nextService(known, { seconds, acknowledged, unacked }),
  };
}

type Counted = Pick<Measures, 'at' | 'publishedTotal' | 'acknowledgedTotal' | 'unacked'>;

function first(policy: ServiceTimed, counted: Counted): Measures {
  const serviceSeconds = policy.meanServiceSeconds ?? initialOf(policy);
  return {
    ...{ ...counted, since: counted.at, arrivalsPerSecond: 0, serviceSeconds },
    ...{ workSeconds: INITIAL_JOBS * serviceSeconds, jobs: INITIAL_JOBS },
  };
}

/** An exponential mean. Messages that lie in the queue prove that so many arrived: they bound a rise from nothing. */
function nextRate(
  { arrivalsPerSecond: rate }: Measures,
  { seconds, published, work }: { seconds: number; published: number; work: number },
): number {
  const share = 1 - Math.exp(-seconds / RATE_MEMORY_SECONDS);
  const next = rate + share * (published / seconds - rate);
  return Math.min(next, Math.max(rate * doubled(seconds), (work + 1) / RATE_MEMORY_SECONDS));
}

/** Little's law over the remembered work: mean in flight / acknowledged a second. An idle queue forgets nothing. */
function nextService(
  known: Measures,
  { seconds, acknowledged, unacked }: { seconds: number; acknowledged: number; unacked: number },
): Pick<Measures, 'serviceSeconds' | 'workSeconds' | 'jobs'> {
  const { serviceSeconds } = known;
  if (seconds > LONGEST_SPAN_SECONDS) {
    const { workSeconds, jobs } = known;
    return { serviceSeconds, workSeconds, jobs };
  }
  const workSeconds = known.workSeconds + (seconds * (known.unacked + unacked)) / 2;
  const jobs = known.jobs + acknowledged;
  const kept = remembered(seconds, jobs);
  const change = doubled(seconds);
  const next = within(workSeconds / jobs, serviceSeconds / change, serviceSeconds * change);
  return {
    serviceSeconds: within(next, SHORTEST_SERVICE_SECONDS, MAX_TIMER_SECONDS),
    ...{ workSeconds: workSeconds * kept, jobs: jobs * kept },
  };
}

/** Which share of the work stays in memory: half a minute's, but never fewer than some jobs. */
const remembered = (seconds: number, jobs: number): number =>
  Math.max(Math.exp(-seconds / WORK_MEMORY_SECONDS), Math.min(1, LEAST_JOBS / jobs));

const doubled = (seconds: number): number => 2 ** (seconds / DOUBLING_SECONDS);

const within = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
