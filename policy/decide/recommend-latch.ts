import type { Reason } from '../decision.ts';
import type { LatchPolicy, LatchStart } from '../policy.ts';
import { count, inSeconds, type Measured, type Step, seconds } from './decision-input.ts';

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

interface Cause {
  readonly reason: Reason;
  readonly why: string;
}

/** Why a closed latch opens now; undefined when it does not. */
const startCause = (policy: LatchPolicy, situation: Measured): Cause | undefined =>
  markReached(policy, situation) ?? waitedTooLong(policy.startWhen, situation);

function markReached({ startWhen }: LatchPolicy, { reading: { ready } }: Measured): Cause | undefined {
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

/**
 * 0 or N, or what a residue needs. The latch's state is the count itself, so a scaler that restarts knows it
 * at once.
 *
 * `idleReplicas` is the highest count that may stand while the latch is closed: minReplicas, or the highest
 * floor of a schedule around it. Above it the latch is open for certain. From minReplicas up to it,
 * replicas may be what a window left behind or the beginning of a slow rise: they stay until the
 * backlog is drained, so no work in flight is killed either way.
 */
export function recommendLatch(policy: LatchPolicy, situation: Measured, idleReplicas: number): Step {
  const { current } = situation;
  if (current > idleReplicas) return whileOpen(policy, situation);
  const cause = startCause(policy, situation);
  if (cause !== undefined) return opening(policy, cause, situation);
  return current > policy.minReplicas ? whileDraining(policy, situation) : closed(policy, situation);
}

/** Whether the age of a message opens only to the replicas that the messages need. */
export const opensAsNeeded = ({ startWhen, ageOpens = 'as-needed' }: LatchPolicy): boolean =>
  startWhen.oldestWaitSeconds !== undefined && ageOpens === 'as-needed';

function opening(policy: LatchPolicy, { reason, why }: Cause, situation: Measured): Step {
  const byAge = reason === 'OldestWaitExceeded' && opensAsNeeded(policy);
  const replicas = byAge ? needed(policy, situation) : policy.maxReplicas;
  const then =
    byAge && replicas === situation.current
      ? `${count(replicas, 'replica')} are enough`
      : `opening to ${count(replicas, 'replica')}`;
  return { replicas, reason, message: `${why}: ${then}.` };
}

/** One for each ready message, beside those that are busy: 5 ready, no replica: 5. No replica is removed. */
function needed({ maxReplicas }: LatchPolicy, { reading, current }: Measured): number {
  const busy = Math.min(current, reading.unacked);
  return Math.max(current, Math.min(maxReplicas, reading.ready + busy));
}

function whileOpen(policy: LatchPolicy, situation: Measured): Step {
  return (
    stop(policy, situation) ?? rising(policy, situation) ?? heldOpen(openCount(policy, situation), situation)
  );
}

/** The mark, reached by a latch that an age had opened. */
function rising(policy: LatchPolicy, situation: Measured): Step | undefined {
  if (!opensAsNeeded(policy) || situation.current >= policy.maxReplicas) return undefined;
  const cause = markReached(policy, situation);
  return cause && opening(policy, cause, situation);
}

/** Without a memory of what opened it, an open latch stays at the count that it has. */
function openCount(policy: LatchPolicy, { current, history }: Measured): number {
  if (!opensAsNeeded(policy)) return policy.maxReplicas;
  return Math.min(policy.maxReplicas, Math.max(current, history.openTo ?? 0));
}

function whileDraining(policy: LatchPolicy, situation: Measured): Step {
  return stop(policy, situation) ?? heldOpen(situation.current, situation);
}

function heldOpen(replicas: number, { reading }: Measured): Step {
  const work = `${count(reading.ready, 'message')} ready and ${reading.unacked} unacked`;
  return { replicas, reason: 'LatchHeldOpen', message: `Open: ${work} are not drained yet.` };
}

function closed(policy: LatchPolicy, { reading }: Measured): Step {
  const { minReplicas: replicas, startWhen } = policy;
  const mark =
    'readyAtLeast' in startWhen
      ? `below the mark of ${startWhen.readyAtLeast}`
      : `not above ${startWhen.readyAbove}`;
  return {
    replicas,
    reason: 'LatchHeldClosed',
    message: `Closed: ${count(reading.ready, 'message')} ready, ${mark}.`,
  };
}

/** The count of a drained queue; undefined while the queue is not drained. */
function stop(policy: LatchPolicy, situation: Measured): Step | undefined {
  return policy.stopWhen === 'drained' ? stopDrained(policy, situation) : stopEmpty(policy, situation);
}

/** The source system's literal rule: what is unacked is work in flight, and it is killed. */
function stopEmpty({ minReplicas }: LatchPolicy, { reading }: Measured): Step | undefined {
  if (reading.ready > 0) return undefined;
  const message = `0 messages ready (${reading.unacked} unacked): closing to ${count(minReplicas, 'replica')}.`;
  return { replicas: minReplicas, reason: 'BacklogDrained', message };
}

function stopDrained(policy: LatchPolicy, { reading, current, history }: Measured): Step | undefined {
  if (reading.ready + reading.unacked > 0) return undefined;
  const apart = reading.at - (history.drainedAt ?? Number.NaN);
  // In a row: poll after poll, readings younger than the limit are never two limits apart.
  const confirmed = apart > 0 && apart <= 2000 * policy.staleAfterSeconds;
  if (!confirmed) {
    const message = `0 messages ready and unacked; the next reading must confirm it before ${count(current, 'replica')} close.`;
    return { replicas: current, reason: 'DrainUnconfirmed', message };
  }
  const message = `0 messages ready and unacked on two readings ${inSeconds(apart / 1000)} apart: closing to ${count(policy.minReplicas, 'replica')}.`;
  return { replicas: policy.minReplicas, reason: 'BacklogDrained', message };
}
