import { Cron } from 'croner';
import type { SchedulePolicy, ScheduleWindow } from '../policy.ts';

export interface Floor {
  /** 0 outside every window. */
  readonly floor: number;
  /** The open window that asks for the most. */
  readonly window?: ScheduleWindow;
}

/** The floor at an instant. Between two cron instants it cannot change, so it is computed once for each such span. */
export function floorAt(policy: SchedulePolicy, now: number): Floor {
  const known = spans.get(policy);
  if (known !== undefined && known.from <= now && now < known.until) return known;
  const span = { ...computeFloor(policy, now), from: now, until: nextInstant(policy, now) };
  spans.set(policy, span);
  return span;
}

export const highestFloor = ({ policy, windows }: SchedulePolicy): number =>
  windows.reduce((highest, { minReplicas }) => Math.max(highest, minReplicas), policy.minReplicas);

const spans = new WeakMap<SchedulePolicy, Floor & { readonly from: number; readonly until: number }>();

function computeFloor(policy: SchedulePolicy, now: number): Floor {
  const open = policy.windows.filter((window) => isOpen(window, policy, now));
  const [window] = open.sort((a, b) => b.minReplicas - a.minReplicas);
  return window === undefined ? { floor: 0 } : { floor: window.minReplicas, window };
}

/** Open from a start that counts (not on a holiday) until the first end after it. */
function isOpen({ start, end }: ScheduleWindow, policy: SchedulePolicy, now: number): boolean {
  const lastEnd = lastRun(end, policy.timeZone, now) ?? Number.NEGATIVE_INFINITY;
  let started = lastRun(start, policy.timeZone, now);
  while (started !== undefined && isHoliday(policy, started)) {
    started = lastRun(start, policy.timeZone, started - 1);
  }
  return started !== undefined && started >= lastEnd;
}

/** The newest run at or before an instant. */
function lastRun(expression: string, timeZone: string, at: number): number | undefined {
  const cron = new Cron(expression, { mode: '5-part', timezone: timeZone });
  return cron.previousRuns(1, new Date(at + 1))[0]?.getTime();
}

function nextInstant({ windows, timeZone }: SchedulePolicy, now: number): number {
  const next = (expression: string): number =>
    new Cron(expression, { mode: '5-part', timezone: timeZone }).nextRun(new Date(now))?.getTime() ??
    Number.POSITIVE_INFINITY;
  return Math.min(...windows.flatMap(({ start, end }) => [next(start), next(end)]));
}

function isHoliday({ holidays, timeZone }: SchedulePolicy, at: number): boolean {
  if (holidays.length === 0) return false;
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(at);
  const part = (type: string): string => parts.find((p) => p.type === type)?.value ?? '';
  return holidays.includes(`${part('year')}-${part('month')}-${part('day')}`);
}
