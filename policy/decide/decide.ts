import type { Decision } from '../decision.ts';
import type { BasePolicy, Policy } from '../policy.ts';
import { checkReading } from './check-reading.ts';
import { clamp } from './clamp.ts';
import { rateLimit } from './rate-limit.ts';
import { recommend } from './recommend.ts';
import type { Situation } from './situation.ts';
import { stabilize } from './stabilize.ts';
import { withTrustedHistory } from './trusted-history.ts';

/**
 * One decision: recommend -> stabilize -> rate-limit -> clamp. The stage that last changed the count owns
 * the reason. A reading that is missing, stale or invalid changes nothing: replicas == current.
 *
 * @see https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/ for the words and windows
 */
export function decide(policy: Policy, given: Situation): Decision {
  const { behavior, minReplicas, maxReplicas, staleAfterSeconds } = baseOf(policy);
  const situation = withTrustedHistory(given, staleAfterSeconds);
  const checked = checkReading(situation, staleAfterSeconds);
  if ('held' in checked) return checked.held;
  const wanted = recommend(policy, checked.measured);
  const steady = stabilize(wanted, behavior, situation);
  const paced = rateLimit(steady, behavior, situation);
  return clamp(paced, minReplicas, maxReplicas);
}

export const baseOf = (policy: Policy): BasePolicy => (policy.kind === 'schedule' ? policy.policy : policy);
