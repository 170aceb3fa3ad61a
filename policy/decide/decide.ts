import type { Decision } from '../decision.ts';
import type { BasePolicy, Policy } from '../policy.ts';
import { checkReading } from './check-reading.ts';
import { count, type DecisionInput, discardExpiredHistory, type Step } from './decision-input.ts';
import { rateLimit } from './rate-limit.ts';
import { recommend } from './recommend.ts';
import { stabilize } from './stabilize.ts';

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
