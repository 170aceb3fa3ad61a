import { emptyHistory } from '../decision.ts';
import type { Situation } from './situation.ts';

/**
 * A history that ends long ago knows nothing of the time since: another scaler may have decided, the queue
 * may have emptied and filled again. It counts as lost. Polls are at most half a limit apart (the scaler's
 * file is checked for that), so two limits are four polls without a decision, good or bad.
 */
export function withTrustedHistory(situation: Situation, staleAfterSeconds: number): Situation {
  const { history, now } = situation;
  const gap = now - (history.until ?? now);
  return gap > 2000 * staleAfterSeconds ? { ...situation, history: emptyHistory } : situation;
}
