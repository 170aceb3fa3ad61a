import type { DrainPolicy, SloOf } from '../policy.ts';
import { type CommonProps, fallingOver, validated, windowOf, withDefaults } from './common.ts';

export interface DrainProps extends CommonProps {
  /** Seconds within which the backlog of now is to be finished, or to be begun where `sloOf` is `wait`. */
  readonly sloSeconds: number;
  /** What the SLO is of. A `wait` may be shorter than a job takes. @default 'completion' */
  readonly sloOf?: SloOf;
  /** Seconds one job takes one replica, on average. @default measured by the scaler */
  readonly meanServiceSeconds?: number;
  /** What the measured service time begins with. @default 10 */
  readonly initialServiceSeconds?: number;
  /** Seconds from a change of the count to the first job of a new replica. @default 0 */
  readonly podStartSeconds?: number;
  /** Upper bound on the count. */
  readonly maxReplicas: number;
}

/** Shorter, and the last of a burst waits for replicas that are gone: its wait passes the SLO. */
const WINDOW_STARTS = 4;

/**
 * The replicas that finish the backlog within an SLO: ceil(work x mean / (slo - podStart)). Scales down over a window
 * of four times a pod's start and a job's time, at least 30 s.
 *
 * @example drain({ sloSeconds: 300, meanServiceSeconds: 2, podStartSeconds: 10, maxReplicas: 25 })
 * @throws {PolicyError} with every fault
 */
export function drain(props: DrainProps): DrainPolicy {
  const behavior = fallingOver(windowOf(WINDOW_STARTS, props));
  return validated({ podStartSeconds: 0, ...withDefaults(props, behavior), kind: 'drain' });
}
