import type { Change } from '../decision.ts';
import type { Behavior, RatePolicy, ScalingRules } from '../policy.ts';
import { count, type DecisionInput, type Step } from './decision-input.ts';

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
