import type { Reason } from '../decision.ts';
import type { LatchPolicy, LatchStart } from '../policy.ts';
import { type OldestWait, oldestWait } from './oldest-wait.ts';
import { count, inSeconds, type Measured } from './situation.ts';

export interface Cause {
  readonly reason: Reason;
  readonly why: string;
}

/** Why a closed latch opens now; undefined when it does not. */
export const startCause = (policy: LatchPolicy, situation: Measured): Cause | undefined =>
  markReached(policy, situation) ?? waitedTooLong(policy.startWhen, situation);

export function markReached({ startWhen }: LatchPolicy, { reading: { ready } }: Measured): Cause | undefined {
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
  const oldest = oldestWait(situation);
  if (oldestWaitSeconds === undefined || oldest === undefined) return undefined;
  const { seconds, source } = oldest;
  if (seconds < oldestWaitSeconds) return undefined;
  const who = `The oldest of ${count(situation.reading.ready, 'ready message')}`;
  return {
    reason: 'OldestWaitExceeded',
    why: `${who} waits ${inSeconds(seconds)} (${SOURCES[source]}), the limit is ${inSeconds(oldestWaitSeconds)}`,
  };
}

const SOURCES: Readonly<Record<OldestWait['source'], string>> = {
  broker: 'as the broker says',
  'first-sight': 'a lower bound: since first sight',
  'not-empty-since': 'taken from the first sight of a queue not empty since',
};
