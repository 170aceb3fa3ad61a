import { baseOf } from './decide/decide.ts';
import type { Policy } from './policy.ts';

/**
 * Seconds that the oldest message may wait where no objective is stated: those of a drain policy; else 300, or twice what
 * the policy lets a residue wait.
 */
export function defaultWaitSeconds(policy: Policy): number {
  const base = baseOf(policy);
  if (base.kind === 'drain') return base.sloSeconds;
  return Math.max(300, 2 * residueSecondsOf(policy));
}

/** Seconds after which a message that is left below the mark of a latch opens it; 0 where none does. */
export function residueSecondsOf(policy: Policy): number {
  const base = baseOf(policy);
  return base.kind === 'latch' ? (base.startWhen.oldestWaitSeconds ?? 0) : 0;
}
