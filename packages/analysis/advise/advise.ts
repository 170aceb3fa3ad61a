import type { Policy, Timing } from '@sluice/policy';
import { daysOf, jobsIn, type Recorded, sampleOf, traceOf } from './arrivals.ts';
import { type Candidate, candidatesOf } from './candidates.ts';
import { frameOf, type Objective } from './labels.ts';
import { distanceOf, missesOf, type Outcome, outcomeOf } from './outcome.ts';

/** Recorded arrivals, and what is asked of a policy for them. */
export interface Question {
  readonly recorded: Recorded;
  readonly timing: Timing;
  readonly objective: Objective;
  /** The policy of today, and what people call it. */
  readonly today: Candidate | undefined;
  readonly seed: number;
}

/** One day under two policies. */
export interface Day {
  /** Epoch seconds of its beginning. */
  readonly startSeconds: number;
  readonly jobs: number;
  readonly best: Outcome;
  readonly today: Outcome | undefined;
}

/** The policies that meet the objective best, and how they did each day. */
export interface Advice {
  readonly startSeconds: number;
  readonly seconds: number;
  readonly jobs: number;
  readonly objective: Objective;
  /** How many policies were tried. */
  readonly tried: number;
  readonly best: Outcome;
  /** What the best misses of the objective; empty where it meets it. */
  readonly misses: readonly string[];
  readonly today: Outcome | undefined;
  /** Those that no other beats in wait and pod time, by their wait; the best, and of each kind the best. */
  readonly front: readonly Outcome[];
  readonly days: readonly Day[];
}

/** How many are tried on the whole span. */
const FINALISTS = 4;
/** What was recorded is not what comes: the best has so much of the wait to spare, where there is one that has. */
export const MARGIN = 0.15;

/**
 * Replays recorded arrivals through every kind of policy: many on a sample, the promising ones on all of it. The best
 * meets the objective with the least pod time, changes counted as the starts that they cost.
 * Pure and deterministic.
 */
export function advise({ recorded, timing, objective, today, seed }: Question): Advice {
  const frame = frameOf(recorded, timing, objective);
  const candidates = candidatesOf(frame);
  const sample = sampleOf(recorded).map(traceOf);
  const tried = different(candidates.map((candidate) => outcomeOf(candidate, sample, timing, seed)));
  const whole = [traceOf(recorded)];
  const finalists = new Set([
    ...ranked(tried, objective).slice(0, FINALISTS),
    ...bestOfKinds(tried, objective),
  ]);
  const onAll = [...finalists].map((finalist) => outcomeOf(finalist, whole, timing, seed));
  const [best] = ranked(onAll, objective);
  if (best === undefined) throw new Error('there are always candidates');
  const before = today && outcomeOf(today, whole, timing, seed);
  return {
    ...{ startSeconds: recorded.startSeconds, seconds: recorded.counts.length, jobs: jobsIn(recorded) },
    ...{ objective, tried: candidates.length, best, misses: missesOf(best, objective), today: before },
    front: frontOf(onAll, best, objective),
    days: daysOf(recorded).map((day) => dayOf(day, { best, today, timing, seed })),
  };
}

/** Keeps the first of equivalent policies: 10 messages a replica are a minute's worth of jobs of 5 s. */
const different = (outcomes: readonly Outcome[]): readonly Outcome[] =>
  [
    ...new Map(
      outcomes
        .toReversed()
        .map((outcome) => [[outcome.podSeconds, outcome.waitP99, outcome.changesPerHour].join(' '), outcome]),
    ).values(),
  ].reverse();

/** First those that meet the objective with something to spare, then those that meet it, then the nearest. */
function ranked(outcomes: readonly Outcome[], objective: Objective): readonly Outcome[] {
  const rank = (outcome: Outcome): readonly [number, number] => {
    if (missesOf(outcome, objective, MARGIN).length === 0) return [0, outcome.podSeconds];
    if (missesOf(outcome, objective).length === 0) return [1, outcome.podSeconds];
    return [2, distanceOf(outcome, objective)];
  };
  const keyed = outcomes.map((outcome) => ({ outcome, rank: rank(outcome) }));
  keyed.sort((a, b) => a.rank[0] - b.rank[0] || a.rank[1] - b.rank[1]);
  return keyed.map(({ outcome }) => outcome);
}

const kindOf = ({ policy }: { readonly policy: Policy }): string => policy.kind;

function bestOfKinds(outcomes: readonly Outcome[], objective: Objective): readonly Outcome[] {
  const kinds = Map.groupBy(outcomes, kindOf);
  return [...kinds.values()].flatMap((all) => ranked(all, objective).slice(0, 1));
}

function frontOf(outcomes: readonly Outcome[], best: Outcome, objective: Objective): readonly Outcome[] {
  const beaten = (outcome: Outcome): boolean =>
    outcomes.some(
      (other) =>
        other.waitP99 <= outcome.waitP99 &&
        other.podSeconds <= outcome.podSeconds &&
        (other.waitP99 < outcome.waitP99 || other.podSeconds < outcome.podSeconds),
    );
  const shown = new Set([
    ...outcomes.filter((outcome) => !beaten(outcome)),
    best,
    ...bestOfKinds(outcomes, objective),
  ]);
  return [...shown].sort((a, b) => a.waitP99 - b.waitP99 || a.podSeconds - b.podSeconds);
}

type Sides = { readonly best: Candidate; readonly today: Candidate | undefined } & Pick<
  Question,
  'timing' | 'seed'
>;

function dayOf(day: Recorded, { best, today, timing, seed }: Sides): Day {
  const traces = [traceOf(day)];
  return {
    ...{ startSeconds: day.startSeconds, jobs: jobsIn(day) },
    best: outcomeOf(best, traces, timing, seed),
    today: today && outcomeOf(today, traces, timing, seed),
  };
}
