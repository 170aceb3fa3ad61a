import type { ProportionalPolicy } from '../policy.ts';
import { type CommonProps, DEFAULT_WINDOW_SECONDS, fallingOver, validated, withDefaults } from './common.ts';

export interface ProportionalProps extends CommonProps {
  /** Messages one replica is meant to have. */
  readonly perReplica: number;
  /** Upper bound on the count. */
  readonly maxReplicas: number;
}

/**
 * ceil((ready + unacked) / perReplica) replicas; scales down over a window of 60 s.
 *
 * @example proportional({ perReplica: 10, maxReplicas: 25 })
 * @throws {PolicyError} with every fault
 */
export function proportional(props: ProportionalProps): ProportionalPolicy {
  return validated({ ...withDefaults(props, fallingOver(DEFAULT_WINDOW_SECONDS)), kind: 'proportional' });
}
