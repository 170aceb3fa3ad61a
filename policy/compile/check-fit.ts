import { type Checker, type Fields, isRecord } from '../faults.ts';

/** Whether source, policy and target of one workload suit each other; of each by itself others tell. */
export function checkFit({ source, target, policy }: Fields, checker: Checker): void {
  if (!isRecord(source) || !isRecord(policy)) return;
  const scheduled = policy.kind === 'schedule';
  const base = scheduled ? policy.policy : policy;
  if (!isRecord(base)) return;
  checkSourceOf(base, source, checker);
  if (isRecord(target) && target.kind === 'hpa') {
    const policyChecker = checker.at('policy');
    checkMinimum(base, source, checker, scheduled ? policyChecker.at('policy') : policyChecker);
  }
}

const FOLLOWING = ['latch', 'proportional', 'drain', 'flow'];

/** A backlog that is always 0 would close what follows it; one that nobody looks at is read for nothing. */
function checkSourceOf({ kind }: Fields, source: Fields, checker: Checker): void {
  const timed = source.kind === 'clock';
  if (timed && FOLLOWING.includes(String(kind)))
    checker.at('source').fault('kind', source.kind, `must tell a backlog: a policy '${kind}' follows one`);
  if (!timed && kind === 'constant')
    checker.at('source').fault('kind', source.kind, "must be clock: a policy 'constant' follows no backlog");
}

/** The HPA follows the load: two that do would take turns at its minimum. */
function checkMinimum(base: Fields, source: Fields, checker: Checker, policy: Checker): void {
  if (source.kind !== 'clock' && base.kind !== 'constant')
    checker
      .at('source')
      .fault('kind', source.kind, "must be clock for a target 'hpa': the HPA follows the load");
  if (typeof base.minReplicas === 'number' && base.minReplicas < 1)
    policy.fault('minReplicas', base.minReplicas, "must be at least 1 for a target 'hpa'");
}
