import { Cron } from 'croner';
import { MAX_INT32, MAX_TIMER_SECONDS } from '../bounds.ts';
import { Checker, type Fields, isRecord } from '../faults.ts';

const DAY_SECONDS = 86_400;

/** Adds every fault of a policy's `behavior`. */
function checkBehavior(data: Fields, checker: Checker): void {
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

/** Adds every fault of a schedule's time zone, windows and holidays. */
function checkWindows(data: Fields, maxReplicas: unknown, checker: Checker): void {
  checkTimeZone(data, checker);
  const windows = checker.list(data, 'windows');
  if (Array.isArray(data.windows) && windows.length === 0) {
    checker.fault('windows', [], 'must hold at least one window');
  }
  windows.forEach((window, index) => {
    if (isRecord(window)) checkWindow(window, maxReplicas, checker.at('windows').at(index));
    else checker.at('windows').fault(index, window, 'must be an object');
  });
  checker.list(data, 'holidays').forEach((day, index) => {
    if (!isDate(day)) checker.at('holidays').fault(index, day, 'must be a date written as YYYY-MM-DD');
  });
}

/** Zones that were looked up: a lookup takes as long as all other checks of a policy. */
const known = new Set<string>();

function checkTimeZone(data: Fields, checker: Checker): void {
  const zone = checker.text(data, 'timeZone');
  if (zone === undefined || known.has(zone)) return;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    known.add(zone);
  } catch {
    checker.fault('timeZone', zone, 'must be an IANA time zone, for example Europe/Berlin');
  }
}

function checkWindow(window: Fields, maxReplicas: unknown, checker: Checker): void {
  checker.onlyKeys(window, ['start', 'end', 'minReplicas']);
  checkCron(window, 'start', checker);
  checkCron(window, 'end', checker);
  if (typeof window.start === 'string' && window.start === window.end) {
    checker.fault('end', window.end, `must differ from '${checker.path('start')}'`);
  }
  const floor = checker.integer(window, 'minReplicas', { min: 1, limit: MAX_INT32 });
  if (floor !== undefined && typeof maxReplicas === 'number' && floor > maxReplicas) {
    checker.fault('minReplicas', floor, `must not exceed 'policy.maxReplicas' (${maxReplicas})`);
  }
}

function checkCron(window: Fields, key: string, checker: Checker): void {
  const expression = checker.text(window, key);
  if (expression === undefined) return;
  const problem = cronProblem(expression);
  if (problem !== undefined) checker.fault(key, expression, problem);
}

const CRON_RULE = 'must be a cron expression of 5 fields';

/** The library takes more: dates, `0 00:` among them, and names such as `@daily`. */
const FIVE_FIELDS = /^[\w*/,?#-]+([ \t]+[\w*/,?#-]+){4}$/;
/** No list of minutes is as long. */
const LONGEST = 500;

/** A fixed instant keeps the check pure: `0 0 30 2 *` is well-formed and never occurs after any instant. */
function cronProblem(expression: string): string | undefined {
  if (expression.length > LONGEST || !FIVE_FIELDS.test(expression)) return CRON_RULE;
  try {
    const next = new Cron(expression, { mode: '5-part', utcOffset: 0 }).nextRun(new Date(0));
    return next === null ? 'must occur some day' : undefined;
  } catch {
    return CRON_RULE;
  }
}

/** `2026-02-30` has the shape of a date and is none: it would come back as `2026-03-02`. */
function isDate(value: unknown): boolean {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}

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
