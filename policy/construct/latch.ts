import type { AgeOpens, LatchPolicy, LatchStart, LatchStop } from '../policy.ts';
import { type CommonProps, promptBehavior, validated, withDefaults } from './common.ts';

export interface LatchProps extends CommonProps {
  /** The N it opens to. */
  readonly replicas: number;
  /** What opens it. Without `oldestWaitSeconds` a residue below the mark waits indefinitely. */
  readonly startWhen: LatchStart;
  /** What closes it. @default 'drained' */
  readonly stopWhen?: LatchStop;
  /** How far `oldestWaitSeconds` opens it below the mark. @default 'as-needed' */
  readonly ageOpens?: AgeOpens;
}

/**
 * 0 or N replicas: opens above a mark, closes when the queue is drained.
 *
 * @example latch({ replicas: 25, startWhen: { readyAtLeast: 100, oldestWaitSeconds: 60 } })
 * @throws {PolicyError} with every fault
 */
export function latch({ replicas, ...props }: LatchProps): LatchPolicy {
  const filled = { stopWhen: 'drained' as const, ...withDefaults(props, promptBehavior) };
  return validated({ ...filled, kind: 'latch', maxReplicas: replicas }, (fault) =>
    fault.replaceAll("'maxReplicas'", "'replicas'"),
  );
}
