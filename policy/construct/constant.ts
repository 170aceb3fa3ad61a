import type { ConstantPolicy } from '../policy.ts';
import { type CommonProps, promptBehavior, validated, withDefaults } from './common.ts';

export interface ConstantProps extends Omit<CommonProps, 'minReplicas'> {
  /** The count. */
  readonly replicas: number;
  /** How far the windows of a schedule may raise it. @default replicas */
  readonly maxReplicas?: number;
}

/**
 * Always the same count. It reads no backlog, so its source is the clock; `schedule` makes a timetable of it.
 *
 * @example schedule({ policy: constant({ replicas: 1, maxReplicas: 15 }), timeZone: 'Europe/Berlin',
 *   windows: [{ start: '30 7 * * 1-5', end: '0 18 * * 1-5', minReplicas: 3 }] })
 * @throws {PolicyError} with every fault
 */
export function constant({ replicas, ...props }: ConstantProps): ConstantPolicy {
  const filled = { maxReplicas: replicas, ...withDefaults(props, promptBehavior), minReplicas: replicas };
  return validated({ ...filled, kind: 'constant' }, (fault) =>
    fault.replaceAll("'minReplicas'", "'replicas'"),
  );
}
