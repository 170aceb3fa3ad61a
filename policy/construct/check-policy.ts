import { MAX_INT32, MAX_TIMER_SECONDS } from '../bounds.ts';
import { Checker, type Fields, isRecord } from '../faults.ts';
import { checkBehavior } from './check-behavior.ts';
import { checkWindows } from './check-windows.ts';

const COMMON = ['kind', 'minReplicas', 'maxReplicas', 'staleAfterSeconds', 'behavior'];
const SECONDS = { above: 0, limit: MAX_TIMER_SECONDS };
const BASE_KINDS = ['latch', 'proportional', 'drain', 'flow', 'constant'];

/** Every fault of data that claims to be a policy; empty when it is one. */
export function policyFaults(data: unknown): readonly string[] {
  const checker = new Checker();
  checkPolicy(data, checker);
  return checker.faults;
}

/** Adds every fault of a policy of any kind. */
export function checkPolicy(data: unknown, checker: Checker): void {
  if (!isRecord(data)) checker.fault('policy', data, 'must be an object');
  else if (data.kind === 'schedule') checkSchedule(data, checker);
  else checkBase(data, checker, [...BASE_KINDS, 'schedule']);
}

function checkBase(data: Fields, checker: Checker, kinds: readonly string[]): void {
  if (data.kind === 'latch') checkLatch(data, checker);
  else if (data.kind === 'proportional') checkProportional(data, checker);
  else if (data.kind === 'drain') checkDrain(data, checker);
  else if (data.kind === 'flow') checkFlow(data, checker);
  else if (data.kind === 'constant') checkCommon(data, checker, []);
  else checker.oneOf(data, 'kind', kinds);
}

function checkCommon(data: Fields, checker: Checker, own: readonly string[]): void {
  checker.onlyKeys(data, [...COMMON, ...own]);
  checker.integer(data, 'minReplicas', { min: 0, limit: MAX_INT32 });
  checker.integer(data, 'maxReplicas', { min: 1, limit: MAX_INT32 });
  checker.ordered(data, 'minReplicas', 'maxReplicas');
  checker.number(data, 'staleAfterSeconds', SECONDS);
  checkBehavior(data, checker);
}

function checkLatch(data: Fields, checker: Checker): void {
  checkCommon(data, checker, ['startWhen', 'stopWhen', 'ageOpens']);
  checker.oneOf(data, 'stopWhen', ['drained', 'ready-empty']);
  const start = checker.record(data, 'startWhen');
  if (start !== undefined) checkStart(start, checker.at('startWhen'));
  if (data.ageOpens !== undefined) checkAgeOpens(data, start, checker);
}

function checkAgeOpens(data: Fields, start: Fields | undefined, checker: Checker): void {
  checker.oneOf(data, 'ageOpens', ['as-needed', 'all']);
  if (start === undefined || start.oldestWaitSeconds !== undefined) return;
  const age = checker.at('startWhen').path('oldestWaitSeconds');
  checker.fault('ageOpens', data.ageOpens, `needs '${age}': no age opens this latch`);
}

function checkStart(start: Fields, checker: Checker): void {
  checker.onlyKeys(start, ['readyAtLeast', 'readyAbove', 'oldestWaitSeconds']);
  const marks = ['readyAtLeast', 'readyAbove'].filter((key) => start[key] !== undefined);
  if (marks.length !== 1) {
    const one = `'${checker.path('readyAtLeast')}' and '${checker.path('readyAbove')}'`;
    checker.faults.push(`exactly one of ${one} must be given`);
  }
  if (start.readyAtLeast !== undefined) checker.integer(start, 'readyAtLeast', { min: 1 });
  if (start.readyAbove !== undefined) checker.integer(start, 'readyAbove', { min: 0 });
  if (start.oldestWaitSeconds !== undefined) checker.number(start, 'oldestWaitSeconds', SECONDS);
}

function checkProportional(data: Fields, checker: Checker): void {
  checkCommon(data, checker, ['perReplica']);
  checker.number(data, 'perReplica', { above: 0, limit: MAX_INT32 });
}

const TIMED = ['meanServiceSeconds', 'initialServiceSeconds', 'podStartSeconds'];

function checkDrain(data: Fields, checker: Checker): void {
  checkCommon(data, checker, ['sloSeconds', 'sloOf', ...TIMED]);
  const slo = checker.number(data, 'sloSeconds', SECONDS);
  const start = checkTimes(data, checker);
  if (data.sloOf !== undefined) checker.oneOf(data, 'sloOf', ['completion', 'wait']);
  if (data.sloOf === 'wait' || slo === undefined || start === undefined || start < slo) return;
  const rule = `must be below '${checker.path('sloSeconds')}' (${slo}), unless '${checker.path('sloOf')}' is wait`;
  checker.fault('podStartSeconds', start, rule);
}

function checkFlow(data: Fields, checker: Checker): void {
  checkCommon(data, checker, ['targetUtilization', 'targetWaitSeconds', ...TIMED]);
  checker.number(data, 'targetUtilization', { above: 0, max: 1 });
  checker.number(data, 'targetWaitSeconds', SECONDS);
  checkTimes(data, checker);
}

/** @returns podStartSeconds */
function checkTimes(data: Fields, checker: Checker): number | undefined {
  if (data.meanServiceSeconds !== undefined) checker.number(data, 'meanServiceSeconds', SECONDS);
  if (data.initialServiceSeconds !== undefined) checkInitial(data, checker);
  return checker.number(data, 'podStartSeconds', { min: 0, limit: MAX_TIMER_SECONDS });
}

function checkInitial(data: Fields, checker: Checker): void {
  const initial = checker.number(data, 'initialServiceSeconds', SECONDS);
  if (initial === undefined || data.meanServiceSeconds === undefined) return;
  const said = `'${checker.path('meanServiceSeconds')}' is said, so nothing is measured`;
  checker.fault('initialServiceSeconds', initial, `must be left out: ${said}`);
}

function checkSchedule(data: Fields, checker: Checker): void {
  checker.onlyKeys(data, ['kind', 'policy', 'timeZone', 'windows', 'holidays']);
  const policy = checker.record(data, 'policy');
  if (policy !== undefined) checkBase(policy, checker.at('policy'), BASE_KINDS);
  checkWindows(data, policy?.maxReplicas, checker);
}
