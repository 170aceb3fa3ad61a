import type { Reason } from '../decision.ts';
import type { LatchPolicy, LatchStart } from '../policy.ts';
import { count, type Measured, seconds } from './situation.ts';

interface Cause {
  readonly reason: Reason;
  readonly why: string;
}

/** Why a closed latch opens now; undefined when it does not. */
export const startCause = ({ startWhen }: LatchPolicy, situation: Measured): Cause | undefined =>
  markReached(startWhen, situation.reading.ready) ?? waitedTooLong(startWhen, situation);

function markReached(startWhen: LatchStart, ready: number): Cause | undefined {
  if ('readyAtLeast' in startWhen && startWhen.readyAtLeast !== undefined) {
    const { readyAtLeast: mark } = startWhen;
    return ready >= mark
      ? reached(`${count(ready, 'message')} ready reached the mark of ${mark}`)
      : undefined;
  }
  const { readyAbove: mark } = startWhen as { readonly readyAbove: number };
  return ready > mark ? reached(`${count(ready, 'message')} ready are above ${mark}`) : undefined;
}

const reached = (why: string): Cause => ({ reason: 'BacklogReachedMark', why });

function waitedTooLong({ oldestWaitSeconds }: LatchStart, situation: Measured): Cause | undefined {
  if (oldestWaitSeconds === undefined || situation.reading.ready === 0) return undefined;
  const { waited, source } = oldestWait(situation);
  if (waited < oldestWaitSeconds) return undefined;
  const who = `The oldest of ${count(situation.reading.ready, 'ready message')}`;
  return {
    reason: 'OldestWaitExceeded',
    why: `${who} waits ${waited} s (${source}), the limit is ${oldestWaitSeconds} s`,
  };
}

/**
 * The broker's word where it gives one. Else the time since a ready message was first seen: with no
 * consumer at work (current == 0) the oldest has waited at least that long.
 */
function oldestWait({ reading, history, current }: Measured): { waited: number; source: string } {
  if (reading.oldestWaitSeconds !== undefined) {
    return { waited: reading.oldestWaitSeconds, source: 'as the broker says' };
  }
  const waited = Math.max(0, seconds(reading.at - (history.waitingSince ?? reading.at)));
  const source =
    current === 0
      ? 'a lower bound: since first sight'
      : 'taken from the first sight of a queue not empty since';
  return { waited, source };
}
