import { emptyHistory } from '../decision.ts';
import type { Situation } from './situation.ts';

/**
 * A history that ended long ago says nothing about the time since: another scaler may have decided, the queue
 * may have emptied and filled again. It counts as lost. Polls are at most half a limit apart (the scaler's
 * file is checked for that), so two limits are four polls without a decision, good or bad. What was measured
 * stays: totals keep counting while no scaler reads them.
 */
export function withTrustedHistory(situation: Situation, staleAfterSeconds: number): Situation {
  const { history, now } = situation;
  const gap = now - (history.until ?? now);
  if (gap <= 2000 * staleAfterSeconds) return situation;
  const { measures } = history;
  return { ...situation, history: measures === undefined ? emptyHistory : { ...emptyHistory, measures } };
}
