import type { FlowPolicy } from '../policy.ts';
import { type CommonProps, fallingOver, validated, windowOf, withDefaults } from './common.ts';

export interface FlowProps extends CommonProps {
  /** Seconds within which a message above the flow is to be taken up. */
  readonly targetWaitSeconds: number;
  /** Share of its time that a replica is meant to work: what is left takes up the chance of arrivals. @default 0.8 */
  readonly targetUtilization?: number;
  /** Seconds one job takes one replica, on average. @default measured by the scaler */
  readonly meanServiceSeconds?: number;
  /** What the measured service time begins with. @default 10 */
  readonly initialServiceSeconds?: number;
  /** Seconds from a change of the count to the first job of a new replica. @default 0 */
  readonly podStartSeconds?: number;
  /** Upper bound on the count. */
  readonly maxReplicas: number;
}

/** A rate is smooth already: half of what a drain needs. */
const WINDOW_STARTS = 2;

/**
 * Follows the rate of arrivals, and works off what is above it within a target wait. Scales down over a window of twice
 * a pod's start and a job's time, at least 30 s.
 *
 * @example flow({ targetWaitSeconds: 60, podStartSeconds: 10, maxReplicas: 25 })
 * @throws {PolicyError} with every fault
 */
export function flow(props: FlowProps): FlowPolicy {
  const behavior = fallingOver(windowOf(WINDOW_STARTS, props));
  const filled = { targetUtilization: 0.8, podStartSeconds: 0, ...withDefaults(props, behavior) };
  return validated({ ...filled, kind: 'flow' });
}
