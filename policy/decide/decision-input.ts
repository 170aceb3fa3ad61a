import {
  type Backlog,
  type Decision,
  emptyHistory,
  type History,
  isMissing,
  type Reading,
  type Reason,
} from '../decision.ts';

/**
 * A history that ended long ago says nothing about the time since: another scaler may have decided, the queue
 * may have emptied and filled again. It counts as lost. Polls are at most half a limit apart (the scaler's
 * file is checked for that), so two limits are four polls without a decision, good or bad. What was measured
 * stays: totals keep counting while no scaler reads them.
 */
export function discardExpiredHistory(situation: DecisionInput, staleAfterSeconds: number): DecisionInput {
  const { history, now } = situation;
  const gap = now - (history.until ?? now);
  if (gap <= 2000 * staleAfterSeconds) return situation;
  const { measures } = history;
  return { ...situation, history: measures === undefined ? emptyHistory : { ...emptyHistory, measures } };
}

/** What one decision is made from. */
export interface DecisionInput {
  readonly reading: Reading;
  /** The target's spec.replicas: a whole number, 0 or more. It is the latch's only state. */
  readonly current: number;
  readonly history: History;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** A situation whose reading can be trusted. */
export interface Measured extends DecisionInput {
  readonly reading: Backlog;
}

/** What one stage of the pipeline hands to the next: a decision in the making. */
export type Step = Decision;

/** A number with its noun, in the plural but for 1. */
export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

/** Milliseconds as seconds with one digit. */
export const seconds = (milliseconds: number): number => Math.round(milliseconds / 100) / 10;

/** '62.8 s', and '20 ms' of what one digit of a second would make 0. */
export function inSeconds(value: number): string {
  const tenths = Math.round(value * 10) / 10;
  const exact = Math.abs(value) >= 1 || tenths === value;
  return exact ? `${tenths} s` : `${Math.round(value * 10_000) / 10} ms`;
}

/** Clocks of a broker and a scaler may differ by this; a reading from further ahead is wrong. */
export const CLOCK_SKEW_SECONDS = 5;

/** The situation with a reading that may decide, or the decision to stay that a bad one leads to. */
export function checkReading(
  situation: DecisionInput,
  staleAfterSeconds: number,
): { readonly measured: Measured } | { readonly held: Step } {
  const { reading, current, now } = situation;
  if (isMissing(reading)) return held('ReadingMissing', `No reading (${reading.missing})`, current);
  const problem = invalidity(reading, now);
  if (problem !== undefined) return held('ReadingInvalid', `The reading is invalid: ${problem}`, current);
  const age = now - reading.at;
  if (age > staleAfterSeconds * 1000) {
    const limit = `older than ${inSeconds(staleAfterSeconds)}`;
    return held('ReadingStale', `The reading is ${inSeconds(age / 1000)} old, ${limit}`, current);
  }
  return { measured: { ...situation, reading } };
}

const held = (reason: Reason, why: string, current: number): { readonly held: Step } => ({
  held: { replicas: current, reason, message: `${why}; staying at ${count(current, 'replica')}.` },
});

function invalidity(reading: Backlog, now: number): string | undefined {
  const { ready, unacked, oldestWaitSeconds, at } = reading;
  if (!isCount(ready)) return `'ready' (${ready}) must be a whole number of at least 0`;
  if (!isCount(unacked)) return `'unacked' (${unacked}) must be a whole number of at least 0`;
  for (const total of ['publishedTotal', 'acknowledgedTotal'] as const)
    if (!isAge(reading[total])) return `'${total}' (${reading[total]}) must be at least 0`;
  if (!isAge(oldestWaitSeconds)) return `'oldestWaitSeconds' (${oldestWaitSeconds}) must be at least 0`;
  if (!Number.isFinite(at)) return `'at' (${at}) must be an instant`;
  const ahead = at - now;
  return ahead > CLOCK_SKEW_SECONDS * 1000 ? `'at' lies ${inSeconds(ahead / 1000)} in the future` : undefined;
}

const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;

const isAge = (value: number | undefined): boolean =>
  value === undefined || (Number.isFinite(value) && value >= 0);
