import type { LatchPolicy } from '../policy.ts';
import { type Cause, markReached, startCause } from './latch-start.ts';
import { count, inSeconds, type Measured, type Step } from './situation.ts';

/**
 * 0 or N, or what a residue needs. The latch's state is the count itself, so a scaler that restarts knows it
 * at once.
 *
 * `resting` is the highest count that may stand while the latch is closed: minReplicas, or the highest
 * floor of a schedule around it. Above it the latch is open for certain. From minReplicas up to it,
 * replicas may be what a window left behind or the beginning of a slow rise: they stay until the
 * backlog is drained, so no work in flight is killed either way.
 */
export function recommendLatch(policy: LatchPolicy, situation: Measured, resting: number): Step {
  const { current } = situation;
  if (current > resting) return whileOpen(policy, situation);
  const cause = startCause(policy, situation);
  if (cause !== undefined) return opening(policy, cause, situation);
  return current > policy.minReplicas ? whileLeftOver(policy, situation) : closed(policy, situation);
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

function whileLeftOver(policy: LatchPolicy, situation: Measured): Step {
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
