import { DNS_LABEL, isDnsLabel } from '../bounds.ts';
import { checkPolicy } from '../construct/check-policy.ts';
import { Checker, FaultsError, type Fields, isRecord } from '../faults.ts';
import { checkFit } from './check-fit.ts';
import { checkSource } from './check-source.ts';
import { checkTarget } from './check-target.ts';

/** A scaler's file that cannot be followed. */
export class ScalerConfigError extends FaultsError {
  override readonly name = 'ScalerConfigError';

  constructor(faults: readonly string[]) {
    super('Invalid scaler configuration', faults);
  }
}

/** Every fault of data that claims to be a scaler's file, clauses that its sources cannot keep aside. */
export function configFaults(data: unknown): readonly string[] {
  const checker = new Checker();
  if (isRecord(data)) checkConfig(data, checker);
  else checker.fault('config', data, 'must be an object');
  return checker.faults;
}

/** Every fault of one workload by itself. */
export function workloadFaults(workload: unknown): readonly string[] {
  const checker = new Checker();
  if (isRecord(workload)) checkWorkload(workload, undefined, checker);
  else checker.fault('workload', workload, 'must be an object');
  return checker.faults;
}

function checkConfig(data: Fields, checker: Checker): void {
  checker.onlyKeys(data, ['pollSeconds', 'idlePollSeconds', 'workloads']);
  const poll = checker.number(data, 'pollSeconds', { above: 0, max: 3600 });
  if (data.idlePollSeconds !== undefined) {
    checker.number(data, 'idlePollSeconds', { above: 0, max: 3600 });
    checker.ordered(data, 'idlePollSeconds', 'pollSeconds');
  }
  checkPace(data, checker);
  const workloads = checker.list(data, 'workloads');
  const list = checker.at('workloads');
  workloads.forEach((workload, index) => {
    if (isRecord(workload)) checkWorkload(workload, poll, list.at(index));
    else list.fault(index, workload, 'must be an object');
  });
  checkUnique(workloads, list, 'name', (workload) => workload.name);
  checkUnique(workloads, list, 'target', objectOf('deployment'));
  checkUnique(workloads, list, 'target', objectOf('hpa'));
}

/** Faster than this, a scaler does nothing but ask. */
const FASTEST_POLL_SECONDS = 0.01;

function checkPace(data: Fields, checker: Checker): void {
  for (const key of ['pollSeconds', 'idlePollSeconds']) {
    const seconds = data[key];
    if (typeof seconds === 'number' && seconds > 0 && seconds < FASTEST_POLL_SECONDS)
      checker.fault(key, seconds, `must be at least ${FASTEST_POLL_SECONDS}`);
  }
}

function checkWorkload(workload: Fields, poll: number | undefined, checker: Checker): void {
  checker.onlyKeys(workload, ['name', 'source', 'target', 'policy']);
  const name = checker.text(workload, 'name');
  if (name !== undefined && !isDnsLabel(name)) checker.fault('name', name, DNS_LABEL);
  const source = checker.record(workload, 'source');
  if (source !== undefined) checkSource(source, checker.at('source'));
  const target = checker.record(workload, 'target');
  if (target !== undefined) checkTarget(target, checker.at('target'));
  const policy = checker.record(workload, 'policy');
  if (policy === undefined) return;
  checkPolicy(policy, checker.at('policy'));
  checkFit(workload, checker);
  if (poll !== undefined) checkFreshness(policy, poll, checker.at('policy'));
}

/** One late poll must not make every reading stale: 5 s polls need at least 10 s. */
function checkFreshness(policy: Fields, poll: number, checker: Checker): void {
  if (policy.kind === 'schedule') {
    if (isRecord(policy.policy)) checkFreshness(policy.policy, poll, checker.at('policy'));
    return;
  }
  const stale = policy.staleAfterSeconds;
  if (typeof stale !== 'number' || stale >= 2 * poll) return;
  checker.fault('staleAfterSeconds', stale, `must be at least twice 'pollSeconds' (${poll})`);
}

/** A count has exactly one owner, so neither names nor objects may repeat. */
function checkUnique(
  workloads: readonly unknown[],
  checker: Checker,
  key: string,
  keyOf: (workload: Fields) => unknown,
): void {
  const firsts = new Map<unknown, number>();
  workloads.forEach((workload, index) => {
    const value = isRecord(workload) ? keyOf(workload) : undefined;
    const first = firsts.get(value);
    if (value === undefined) return;
    if (first === undefined) firsts.set(value, index);
    else checker.at(index).fault(key, value, `must be unique: workloads[${first}] has it already`);
  });
}

const objectOf =
  (kind: string) =>
  ({ target }: Fields): string | undefined =>
    isRecord(target) && target.kind === kind ? `${target.namespace}/${target.name}` : undefined;
