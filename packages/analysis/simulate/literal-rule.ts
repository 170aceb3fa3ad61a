import { baseOf, latch, type Policy } from '@sluice/policy';

/** What the source system would do with the same numbers; undefined for policies that are no latch. */
export function literalRule(policy: Policy): Policy | undefined {
  const base = baseOf(policy);
  if (base.kind !== 'latch') return undefined;
  const { startWhen } = base;
  const mark = 'readyAtLeast' in startWhen ? startWhen.readyAtLeast : startWhen.readyAbove;
  return latch({ replicas: base.maxReplicas, startWhen: { readyAbove: mark }, stopWhen: 'ready-empty' });
}
