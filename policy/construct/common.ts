import { PolicyError } from '../faults.ts';
import type { Behavior, Policy, ScalingRules } from '../policy.ts';
import { policyFaults } from './check-policy.ts';

/** What every kind may set. */
export interface CommonProps {
  /** Lower bound on the count. @default 0 */
  readonly minReplicas?: number;
  /** A reading older than this decides nothing. @default 60 */
  readonly staleAfterSeconds?: number;
  /** Stabilization windows and rates, in the HPA's words; what is left out keeps the kind's default. */
  readonly behavior?: BehaviorProps;
}

export interface BehaviorProps {
  readonly scaleUp?: Partial<ScalingRules>;
  readonly scaleDown?: Partial<ScalingRules>;
}

/** No window, no limit: the count follows the recommendation at once. */
const AT_ONCE: ScalingRules = { stabilizationWindowSeconds: 0, policies: [], selectPolicy: 'Max' };

/** A latch has its own memory (two drained readings) and a constant nothing to follow: neither needs a window. */
export const promptBehavior: Behavior = { scaleUp: AT_ONCE, scaleDown: AT_ONCE };

/** The HPA's 300 s against flapping downwards; no limit upwards, a backlog does not wait. */
export const steadyBehavior: Behavior = {
  scaleUp: AT_ONCE,
  scaleDown: { ...AT_ONCE, stabilizationWindowSeconds: 300 },
};

/** A rate is smooth already: a short window keeps the replicas between two jobs. */
export const flowBehavior: Behavior = {
  scaleUp: AT_ONCE,
  scaleDown: { ...AT_ONCE, stabilizationWindowSeconds: 30 },
};

export const DEFAULT_STALE_AFTER_SECONDS = 60;

/** Props a kind does not know are passed on, so that the check names them. */
export function withDefaults<Props extends CommonProps>(props: Props, defaults: Behavior) {
  return {
    minReplicas: 0,
    staleAfterSeconds: DEFAULT_STALE_AFTER_SECONDS,
    ...props,
    behavior: {
      ...props.behavior,
      scaleUp: { ...defaults.scaleUp, ...props.behavior?.scaleUp },
      scaleDown: { ...defaults.scaleDown, ...props.behavior?.scaleDown },
    },
  };
}

/** @throws {PolicyError} with every fault, in the words of the constructor's own props */
export function validated<P extends Policy>(policy: P, reword = (fault: string) => fault): P {
  const faults = policyFaults(policy);
  if (faults.length > 0) throw new PolicyError(faults.map(reword));
  return policy;
}
