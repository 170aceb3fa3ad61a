import { type Backlog, type Decision, emptyHistory, type History, type Reading } from '../decision.ts';

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
