import { type CronEvent, cronEvent, isBefore, lastOccurrence, quietUntil } from '../clock/cron-event.ts';
import type { SchedulePolicy, ScheduleWindow } from '../policy.ts';

/** The minimum of replicas at an instant. */
export interface Floor {
  /** 0 outside every window. */
  readonly floor: number;
  /** The open window that asks for the most. */
  readonly window?: ScheduleWindow;
}

/** The floor at an instant. It cannot change between two occurrences, so it is computed once for each such span. */
export function floorAt(policy: SchedulePolicy, now: number): Floor {
  const known = spans.get(policy);
  if (known !== undefined && known.from <= now && now < known.until) return known;
  const span = { ...computeFloor(policy, now), from: now, until: quietSpanEnd(policy, now) };
  spans.set(policy, span);
  return span;
}

/** The highest minimum that any window of a schedule sets. */
export const highestFloor = ({ policy, windows }: SchedulePolicy): number =>
  windows.reduce((highest, { minReplicas }) => Math.max(highest, minReplicas), policy.minReplicas);

const spans = new WeakMap<SchedulePolicy, Floor & { readonly from: number; readonly until: number }>();

/** A window on the clock of its zone. */
export interface TimedWindow {
  readonly window: ScheduleWindow;
  readonly start: CronEvent;
  readonly end: CronEvent;
}

const timed = new WeakMap<SchedulePolicy, readonly TimedWindow[]>();

function windowsOf(policy: SchedulePolicy): readonly TimedWindow[] {
  const known = timed.get(policy);
  if (known !== undefined) return known;
  const made = policy.windows.map((window) => timedWindow(policy, window));
  timed.set(policy, made);
  return made;
}

/** A window with the time zone and the holidays of its schedule. */
export const timedWindow = ({ timeZone, holidays }: SchedulePolicy, window: ScheduleWindow): TimedWindow => ({
  window,
  start: cronEvent(window.start, timeZone, holidays),
  end: cronEvent(window.end, timeZone, []),
});

function computeFloor(policy: SchedulePolicy, now: number): Floor {
  const open = windowsOf(policy).filter((window) => isOpen(window, now));
  const [window] = open.map((one) => one.window).sort((a, b) => b.minReplicas - a.minReplicas);
  return window === undefined ? { floor: 0 } : { floor: window.minReplicas, window };
}

/** Open from a start that counts (not on a holiday) until the first end after it; in one minute the end is first. */
export function isOpen({ start, end }: TimedWindow, now: number): boolean {
  const started = lastOccurrence(start, now);
  const ended = lastOccurrence(end, now);
  return started !== undefined && (ended === undefined || !isBefore(started, ended));
}

const quietSpanEnd = (policy: SchedulePolicy, now: number): number =>
  Math.min(...windowsOf(policy).flatMap(({ start, end }) => [quietUntil(start, now), quietUntil(end, now)]));
