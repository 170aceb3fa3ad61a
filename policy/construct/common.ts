import { PolicyError } from '../faults.ts';
import { DEFAULT_INITIAL_SERVICE_SECONDS } from '../measure/measures.ts';
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

/** At once upwards, a backlog does not wait; downwards only what a window has not wanted. */
export const fallingOver = (seconds: number): Behavior => ({
  scaleUp: AT_ONCE,
  scaleDown: { ...AT_ONCE, stabilizationWindowSeconds: seconds },
});

/** The scale-down window of a policy that knows neither pod start nor service time. */
export const DEFAULT_WINDOW_SECONDS = 60;

/** Below it only changes are saved; an HPA takes no longer one than an hour. */
const SHORTEST_WINDOW_SECONDS = 30;
const LONGEST_WINDOW_SECONDS = 3600;

/**
 * The scale-down window from what a start costs: a replica that was not needed for so long would have been started
 * again for less. Whatever is no number leaves the shortest, and the check to name it.
 * @param starts How many times a pod's start and a job's time
 */
export function windowOf(
  starts: number,
  { podStartSeconds = 0, meanServiceSeconds, initialServiceSeconds }: Partial<TimesProps>,
): number {
  const service = meanServiceSeconds ?? initialServiceSeconds ?? DEFAULT_INITIAL_SERVICE_SECONDS;
  const seconds = Math.ceil(starts * (Number(podStartSeconds) + Number(service)));
  return seconds > SHORTEST_WINDOW_SECONDS
    ? Math.min(seconds, LONGEST_WINDOW_SECONDS)
    : SHORTEST_WINDOW_SECONDS;
}

/** Seconds. */
interface TimesProps {
  readonly podStartSeconds: number;
  readonly meanServiceSeconds: number;
  readonly initialServiceSeconds: number;
}

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
