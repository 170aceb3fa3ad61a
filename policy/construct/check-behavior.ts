import { MAX_INT32 } from '../bounds.ts';
import { type Checker, type Fields, isRecord } from '../faults.ts';

const DAY_SECONDS = 86_400;

/** Adds every fault of a policy's `behavior`. */
export function checkBehavior(data: Fields, checker: Checker): void {
  const behavior = checker.record(data, 'behavior');
  if (behavior === undefined) return;
  const inner = checker.at('behavior');
  inner.onlyKeys(behavior, ['scaleUp', 'scaleDown']);
  for (const direction of ['scaleUp', 'scaleDown']) {
    const rules = inner.record(behavior, direction);
    if (rules !== undefined) checkRules(rules, inner.at(direction));
  }
  if (data.minReplicas === 0 && isRecord(behavior.scaleUp) && staysAtZero(behavior.scaleUp)) {
    inner.fault('scaleUp', behavior.scaleUp, 'can never leave 0 replicas: a percentage of 0 is 0');
  }
}

function checkRules(rules: Fields, checker: Checker): void {
  checker.onlyKeys(rules, ['stabilizationWindowSeconds', 'policies', 'selectPolicy']);
  checker.number(rules, 'stabilizationWindowSeconds', { min: 0, max: DAY_SECONDS });
  checker.oneOf(rules, 'selectPolicy', ['Max', 'Min', 'Disabled']);
  checker.list(rules, 'policies').forEach((policy, index) => {
    checkRatePolicy(policy, checker.at('policies'), index);
  });
}

function checkRatePolicy(policy: unknown, checker: Checker, index: number): void {
  if (!isRecord(policy)) {
    checker.fault(index, policy, 'must be an object');
    return;
  }
  const inner = checker.at(index);
  inner.onlyKeys(policy, ['type', 'value', 'periodSeconds']);
  inner.oneOf(policy, 'type', ['Pods', 'Percent']);
  inner.integer(policy, 'value', { min: 1, limit: MAX_INT32 });
  inner.number(policy, 'periodSeconds', { above: 0, max: DAY_SECONDS });
}

/** 'Max' needs one Pods policy to leave 0; 'Min' tolerates no Percent policy at all. */
function staysAtZero({ policies, selectPolicy }: Fields): boolean {
  if (!Array.isArray(policies) || policies.length === 0) return false;
  const isPercent = (policy: unknown): boolean => isRecord(policy) && policy.type === 'Percent';
  if (selectPolicy === 'Max') return policies.every(isPercent);
  return selectPolicy === 'Min' && policies.some(isPercent);
}
