import type { Backlog, Reading } from '../backlog.ts';
import type { Decision, History } from '../decision.ts';

/** What one decision is made from. */
export interface Situation {
  readonly reading: Reading;
  /** The target's spec.replicas: a whole number, 0 or more. It is the latch's only state. */
  readonly current: number;
  readonly history: History;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** A situation whose reading can be trusted. */
export interface Measured extends Situation {
  readonly reading: Backlog;
}

/** What one stage of the pipeline hands to the next: a decision in the making. */
export type Step = Decision;

export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

export const seconds = (milliseconds: number): number => Math.round(milliseconds / 100) / 10;

/** '62.8 s', and '20 ms' of what one digit of a second would make 0. */
export function inSeconds(value: number): string {
  const tenths = Math.round(value * 10) / 10;
  const exact = Math.abs(value) >= 1 || tenths === value;
  return exact ? `${tenths} s` : `${Math.round(value * 10_000) / 10} ms`;
}
