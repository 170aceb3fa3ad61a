import { Cron } from 'croner';
import { MAX_INT32 } from '../bounds.ts';
import { type Checker, type Fields, isRecord } from '../faults.ts';

/** Adds every fault of a schedule's time zone, windows and holidays. */
export function checkWindows(data: Fields, maxReplicas: unknown, checker: Checker): void {
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
