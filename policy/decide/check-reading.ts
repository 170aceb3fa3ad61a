import { type Backlog, isMissing, type Reason } from '../decision.ts';
import { count, type DecisionInput, inSeconds, type Measured, type Step } from './decision-input.ts';

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
