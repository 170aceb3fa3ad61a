import type { Change, Decision, Sample } from '../decision.ts';
import type { BasePolicy, Behavior, Policy, RatePolicy, ScalingRules } from '../policy.ts';
import {
  checkReading,
  count,
  type DecisionInput,
  discardExpiredHistory,
  type Step,
} from './decision-input.ts';
import { recommend } from './recommend.ts';

/**
 * Second stage, as the HPA's: the count rises only to the lowest recommendation of the scale-up window
 * and falls only to the highest of the scale-down window.
 */
export function stabilize(step: Step, { scaleUp, scaleDown }: Behavior, situation: DecisionInput): Step {
  const { current, now } = situation;
  const past = samples(situation);
  const ceiling = Math.min(step.replicas, ...recent(past, now, scaleUp.stabilizationWindowSeconds));
  const floor = Math.max(step.replicas, ...recent(past, now, scaleDown.stabilizationWindowSeconds));
  const replicas = Math.min(Math.max(current, ceiling), floor);
  if (replicas === step.replicas) return step;
  return step.replicas > replicas
    ? { replicas, reason: 'ScaleUpStabilized', message: say('lowest', 'up', replicas, step) }
    : { replicas, reason: 'ScaleDownStabilized', message: say('highest', 'down', replicas, step) };
}

/**
 * The remembered recommendations. Without any, the count of now stands for those that were lost, so a
 * restart waits a whole window before it scales down, never less.
 */
export const samples = ({ history, current, now }: DecisionInput): readonly Sample[] =>
  history.recommendations.length > 0 ? history.recommendations : [{ at: now, replicas: current }];

const recent = (past: readonly Sample[], now: number, windowSeconds: number): number[] =>
  past.filter(({ at }) => at > now - windowSeconds * 1000).map(({ replicas }) => replicas);

const say = (which: string, direction: string, replicas: number, step: Step): string =>
  `${count(step.replicas, 'replica')} wanted; the ${which} of the scale-${direction} window allows ${replicas}.`;

/** Third stage, as the HPA's: no more than the rate policies allow, counted from the start of each period. */
export function rateLimit(step: Step, { scaleUp, scaleDown }: Behavior, situation: DecisionInput): Step {
  const { current } = situation;
  if (step.replicas > current) {
    const limit = Math.max(current, upLimit(scaleUp, situation));
    return step.replicas > limit ? limited(step, limit, 'ScaleUpLimit') : step;
  }
  if (step.replicas < current) {
    const limit = Math.min(current, downLimit(scaleDown, situation));
    return step.replicas < limit ? limited(step, limit, 'ScaleDownLimit') : step;
  }
  return step;
}

const limited = (step: Step, replicas: number, reason: 'ScaleUpLimit' | 'ScaleDownLimit'): Step => ({
  replicas,
  reason,
  message: `${count(step.replicas, 'replica')} wanted; the scale-${reason === 'ScaleUpLimit' ? 'up' : 'down'} rate allows ${replicas} now.`,
});

function upLimit({ policies, selectPolicy }: ScalingRules, situation: DecisionInput): number {
  if (selectPolicy === 'Disabled') return situation.current;
  if (policies.length === 0) return Number.POSITIVE_INFINITY;
  const select = selectPolicy === 'Max' ? Math.max : Math.min;
  return select(...policies.map((policy) => highestAllowed(policy, situation)));
}

function downLimit({ policies, selectPolicy }: ScalingRules, situation: DecisionInput): number {
  if (selectPolicy === 'Disabled') return situation.current;
  if (policies.length === 0) return 0;
  const select = selectPolicy === 'Max' ? Math.min : Math.max;
  return select(...policies.map((policy) => lowestAllowed(policy, situation)));
}

/** 4 pods at the period's start, 100 % = 8. */
function highestAllowed({ type, value, periodSeconds }: RatePolicy, situation: DecisionInput): number {
  const start = periodStart(situation, periodSeconds);
  return type === 'Pods' ? start + value : Math.ceil((start * (100 + value)) / 100);
}

/** 25 at the period's start, 10 % = 22.5, cut to 22. */
function lowestAllowed({ type, value, periodSeconds }: RatePolicy, situation: DecisionInput): number {
  if (!knowsPeriod(situation, periodSeconds)) return situation.current;
  const start = periodStart(situation, periodSeconds);
  return type === 'Pods' ? start - value : Math.floor((start * (100 - value)) / 100);
}

/** A history younger than the period may have lost scale-downs: then this policy allows none. */
const knowsPeriod = ({ history, now }: DecisionInput, periodSeconds: number): boolean =>
  history.since !== undefined && history.since <= now - periodSeconds * 1000;

/** The count at the period's start: today's without the changes made since. */
const periodStart = ({ history, current, now }: DecisionInput, periodSeconds: number): number =>
  history.changes.reduce(
    (start: number, { at, by }: Change) => (at > now - periodSeconds * 1000 ? start - by : start),
    current,
  );

/** Last stage: the bounds hold, whatever came before. */
export function clamp(step: Step, minReplicas: number, maxReplicas: number): Step {
  const wanted = `${count(step.replicas, 'replica')} wanted`;
  if (step.replicas > maxReplicas) {
    const message = `${wanted}, more than the maximum of ${maxReplicas}.`;
    return { replicas: maxReplicas, reason: 'TooManyReplicas', message };
  }
  if (step.replicas < minReplicas) {
    const message = `${wanted}, fewer than the minimum of ${minReplicas}.`;
    return { replicas: minReplicas, reason: 'TooFewReplicas', message };
  }
  return step;
}

/**
 * One decision: recommend -> stabilize -> rate-limit -> clamp. The stage that last changed the count owns
 * the reason. A reading that is missing, stale or invalid changes nothing: replicas == current.
 *
 * @see https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/ for the words and windows
 */
export function decide(policy: Policy, given: DecisionInput): Decision {
  const { behavior, minReplicas, maxReplicas, staleAfterSeconds } = baseOf(policy);
  const situation = discardExpiredHistory(given, staleAfterSeconds);
  const checked = checkReading(situation, staleAfterSeconds);
  if ('held' in checked) return checked.held;
  const wanted = recommend(policy, checked.measured);
  const steady = stabilize(wanted, behavior, situation);
  const paced = rateLimit(steady, behavior, situation);
  return clamp(paced, minReplicas, maxReplicas);
}

/** The policy below a schedule; any other policy itself. */
export const baseOf = (policy: Policy): BasePolicy => (policy.kind === 'schedule' ? policy.policy : policy);
