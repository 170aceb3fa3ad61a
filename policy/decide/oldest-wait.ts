import { type Measured, seconds } from './situation.ts';

/** How long the oldest ready message has waited, and who says so. */
export interface OldestWait {
  readonly seconds: number;
  /**
   * `broker`: reported by the broker. `first-sight`: since a ready message was first seen with no busy replica, a lower
   * bound. `not-empty-since`: the same beside busy replicas, which may have taken what was seen first.
   */
  readonly source: 'broker' | 'first-sight' | 'not-empty-since';
}

/**
 * The broker's word where it gives one; else the time since a ready message was first seen. With no replica at
 * work the oldest has waited at least that long, whatever its publisher stamped it with: then the longer counts.
 * @returns undefined where nothing waits
 */
export function oldestWait({ reading, history, current }: Measured): OldestWait | undefined {
  const { ready, at, oldestWaitSeconds: told } = reading;
  if (ready === 0) return undefined;
  const seen = Math.max(0, seconds(at - (history.waitingSince ?? at)));
  if (told !== undefined && (current > 0 || told >= seen)) return { seconds: told, source: 'broker' };
  return { seconds: seen, source: current === 0 ? 'first-sight' : 'not-empty-since' };
}
