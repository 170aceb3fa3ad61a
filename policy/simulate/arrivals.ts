/** Uniform numbers in [0, 1), the same for the same seed on every machine. */
export type Random = () => number;

/** mulberry32: 32 bits of state, enough for arrivals. */
export function randomOf(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    return mix(state) / 2 ** 32;
  };
}

/**
 * The uniform number of one job. It depends on the job alone, not on the order in which jobs start, so
 * two policies are compared on exactly the same work.
 */
export const randomAt = (seed: number, index: number): number =>
  mix(Math.imul(index + 1, 0x9e3779b1) ^ mix(seed)) / 2 ** 32;

/** Poisson by Knuth's product, in parts so that exp() does not underflow. */
export function poisson(mean: number, random: Random): number {
  let events = 0;
  for (let rest = mean; rest > 0; rest -= 500) events += poissonPart(Math.min(rest, 500), random);
  return events;
}

function poissonPart(mean: number, random: Random): number {
  const limit = Math.exp(-mean);
  let events = 0;
  for (let product = random(); product > limit; product *= random()) events += 1;
  return events;
}

function mix(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 15), x | 1);
  x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
  return (x ^ (x >>> 14)) >>> 0;
}

/** When jobs are published. */
export type Arrivals = Bursts | Poisson | Constant | Sine | Trace;

/** `jobs` at once, again and again: the source system's publisher is { jobs: 100, everySeconds: 600 }. */
export interface Bursts {
  readonly kind: 'bursts';
  readonly jobs: number;
  readonly everySeconds: number;
  /** @default 0 */
  readonly firstAtSeconds?: number;
}

/** Independent jobs at a mean rate. */
export interface Poisson {
  readonly kind: 'poisson';
  readonly perSecond: number;
}

/** Evenly spaced jobs. */
export interface Constant {
  readonly kind: 'constant';
  readonly perSecond: number;
}

/** A rate that swings by `amplitude` (0 to 1) of its mean: a day with a peak and a trough. */
export interface Sine {
  readonly kind: 'sine';
  readonly meanPerSecond: number;
  readonly amplitude: number;
  readonly periodSeconds: number;
}

/** What a publisher really did. @see parseTrace */
export interface Trace {
  readonly kind: 'trace';
  /** Ascending; entries of the same second add up. */
  readonly entries: readonly TraceEntry[];
}

/** Jobs that arrived in one second of a recording. */
export interface TraceEntry {
  readonly epochSeconds: number;
  readonly count: number;
}

/** The time that a simulation covers, and the seed of its random numbers. */
export interface Span {
  readonly seconds: number;
  readonly seed: number;
  /** The instant of second 0 of the simulation; only a trace uses it. */
  readonly startSeconds: number;
}

/** Jobs published in each second of the span. */
export function countsOf(arrivals: Arrivals, span: Span): Uint32Array {
  const counts = new Uint32Array(span.seconds);
  if (arrivals.kind === 'trace') replay(arrivals, span, counts);
  else if (arrivals.kind === 'bursts') burst(arrivals, counts);
  else if (arrivals.kind === 'poisson') scatter(arrivals, span, counts);
  else spread(totalBy(arrivals), counts);
  return counts;
}

function replay({ entries }: Trace, { startSeconds }: Span, counts: Uint32Array): void {
  for (const { epochSeconds, count } of entries) {
    const second = epochSeconds - startSeconds;
    if (second >= 0 && second < counts.length) counts[second] = (counts[second] ?? 0) + count;
  }
}

function burst({ jobs, everySeconds, firstAtSeconds = 0 }: Bursts, counts: Uint32Array): void {
  for (let second = firstAtSeconds; second < counts.length; second += everySeconds) counts[second] = jobs;
}

function scatter({ perSecond }: Poisson, { seed }: Span, counts: Uint32Array): void {
  const random = randomOf(seed);
  for (let second = 0; second < counts.length; second += 1) counts[second] = poisson(perSecond, random);
}

/** 0.4 jobs a second: a whole job is due when the running total passes a whole number. */
function spread(total: (second: number) => number, counts: Uint32Array): void {
  let published = 0;
  for (let second = 0; second < counts.length; second += 1) {
    const due = Math.max(published, Math.floor(total(second + 1) + 1e-9));
    counts[second] = due - published;
    published = due;
  }
}

function totalBy(arrivals: Constant | Sine): (second: number) => number {
  if (arrivals.kind === 'constant') return (second) => arrivals.perSecond * second;
  const { meanPerSecond, amplitude, periodSeconds } = arrivals;
  const turn = (2 * Math.PI) / periodSeconds;
  // The integral of mean x (1 + amplitude x sin(turn x t)).
  return (second) => meanPerSecond * (second + (amplitude / turn) * (1 - Math.cos(turn * second)));
}
