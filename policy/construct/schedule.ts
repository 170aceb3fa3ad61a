import type { BasePolicy, SchedulePolicy, ScheduleWindow } from '../policy.ts';
import { validated } from './common.ts';

export interface ScheduleProps {
  /** The policy whose floor is raised. */
  readonly policy: BasePolicy;
  /** IANA time zone of every window, for example `Europe/Berlin`. */
  readonly timeZone: string;
  readonly windows: readonly ScheduleWindow[];
  /** Local dates (YYYY-MM-DD) on which no window starts. @default [] */
  readonly holidays?: readonly string[];
}

/**
 * Raises the floor of another policy inside cron windows.
 *
 * @example schedule({ policy, timeZone: 'Europe/Berlin',
 *   windows: [{ start: '0 8 * * 1-5', end: '0 18 * * 1-5', minReplicas: 5 }] })
 * @throws {PolicyError} with every fault
 */
export function schedule(props: ScheduleProps): SchedulePolicy {
  return validated({ holidays: [], ...props, kind: 'schedule' });
}
