import type { Change, Decision, History, Sample } from '../decision.ts';
import type { Policy, ScalingRules } from '../policy.ts';
import { baseOf, samples } from './decide.ts';
import { checkReading, type DecisionInput, discardExpiredHistory, type Measured } from './decision-input.ts';
import { measuresOf, recommend, recommendBase, restingOf } from './recommend.ts';
import { opensAsNeeded } from './recommend-latch.ts';

/**
 * What to carry to the next decision: plain JSON, no larger than the longest window and period need.
 * Call it after every decision that was carried out, those on bad readings too. A scaler that lost its
 * lease starts again from `emptyHistory`: it does not know what another decided meanwhile.
 */
export function remember(policy: Policy, given: DecisionInput, decision: Decision): History {
  const { staleAfterSeconds } = baseOf(policy);
  const situation = discardExpiredHistory(given, staleAfterSeconds);
  const checked = checkReading(situation, staleAfterSeconds);
  return {
    since: situation.history.since ?? situation.now,
    until: situation.now,
    ...('held' in checked ? stillWaiting(situation.history) : seen(checked.measured)),
    ...measures(policy, situation.history, 'held' in checked ? undefined : checked.measured),
    ...('held' in checked ? stillOpen(situation.history) : openedTo(policy, checked.measured)),
    recommendations: recommendations(policy, situation, 'held' in checked ? undefined : checked.measured),
    changes: changes(policy, situation, decision),
  };
}

function measures(policy: Policy, history: History, measured?: Measured): Pick<History, 'measures'> {
  const known = measured === undefined ? history.measures : measuresOf(policy, measured);
  return known === undefined ? {} : { measures: known };
}

/** A failed reading says nothing about the queue: what waited still waits, but "in a row" is broken. */
const stillWaiting = ({ waitingSince }: History): Pick<History, 'waitingSince'> =>
  waitingSince === undefined ? {} : { waitingSince };

const stillOpen = ({ openTo }: History): Pick<History, 'openTo'> => (openTo === undefined ? {} : { openTo });

/** The count alone does not say how far a latch opens where the age may open it to any count. */
function openedTo(policy: Policy, measured: Measured): Pick<History, 'openTo'> {
  const base = baseOf(policy);
  if (base.kind !== 'latch' || !opensAsNeeded(base)) return {};
  const idleReplicas = restingOf(policy);
  const { replicas } = recommendBase(base, measured, idleReplicas);
  return replicas > idleReplicas ? { openTo: Math.max(replicas, openAlready(measured, idleReplicas)) } : {};
}

/** While a drain waits for its second reading, what it was opened to still holds. */
const openAlready = ({ current, history }: Measured, idleReplicas: number): number =>
  current > idleReplicas ? (history.openTo ?? 0) : 0;

function seen({ reading, history }: Measured): Pick<History, 'waitingSince' | 'drainedAt'> {
  if (reading.ready > 0) return { waitingSince: history.waitingSince ?? reading.at };
  return reading.unacked === 0 ? { drainedAt: reading.at } : {};
}

function recommendations(policy: Policy, situation: DecisionInput, measured?: Measured): readonly Sample[] {
  const { now } = situation;
  const window = longest(policy, ({ stabilizationWindowSeconds }) => [stabilizationWindowSeconds]);
  const made = measured === undefined ? [] : [{ at: now, replicas: recommend(policy, measured).replicas }];
  const past = measured === undefined ? situation.history.recommendations : samples(situation);
  return withoutRepeats([...past, ...made].filter(({ at }) => at > now - window));
}

/** The newest of equal neighbors: every window ends now, so it holds that one wherever it holds another. */
const withoutRepeats = (samples: readonly Sample[]): readonly Sample[] =>
  samples.filter(({ replicas }, index) => samples[index + 1]?.replicas !== replicas);

function changes(
  policy: Policy,
  { history, current, now }: DecisionInput,
  { replicas }: Decision,
): readonly Change[] {
  const period = longest(policy, ({ policies }) => policies.map(({ periodSeconds }) => periodSeconds));
  const made = replicas === current ? [] : [{ at: now, by: replicas - current }];
  return [...history.changes, ...made].filter(({ at }) => at > now - period);
}

/** In milliseconds. */
function longest(policy: Policy, secondsOf: (rules: ScalingRules) => readonly number[]): number {
  const { scaleUp, scaleDown } = baseOf(policy).behavior;
  return 1000 * Math.max(0, ...secondsOf(scaleUp), ...secondsOf(scaleDown));
}
