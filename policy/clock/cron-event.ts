import { Cron } from 'croner';
import { lastChange, offsetAt } from './time-zone.ts';

/** What a cron expression names on the clock of a zone. */
export interface CronEvent {
  readonly cron: Cron;
  readonly timeZone: string;
  /** Local dates (YYYY-MM-DD) on which it does not occur. */
  readonly except: ReadonlySet<string>;
}

/** One occurrence: when, and what the clock on the wall showed, as milliseconds of a zone that is UTC. */
export interface Occurrence {
  readonly at: number;
  readonly wall: number;
}

const DAY = 86_400_000;

/** @throws {TypeError | RangeError} when the expression is none */
export const cronEvent = (expression: string, timeZone: string, except: readonly string[]): CronEvent => ({
  // Croner computes on the wall clock, where no minute is skipped or repeated; this file applies the zone.
  cron: new Cron(expression, { mode: '5-part', utcOffset: 0 }),
  timeZone,
  except: new Set(except),
});

/**
 * The newest occurrence at or before an instant. Minutes that a change of the clocks skips pass, one by one,
 * in the instant of the change; minutes that it repeats pass twice.
 */
export function lastOccurrence(event: CronEvent, to: number): Occurrence | undefined {
  const { timeZone } = event;
  let end = to;
  for (;;) {
    const offset = offsetAt(timeZone, end);
    const wall = lastOnWall(event, end + offset);
    if (wall === undefined) return undefined;
    const change = lastChange(timeZone, wall - offset, end);
    if (change === undefined) return { at: wall - offset, wall };
    if (wall >= change.at + change.before) return { at: change.at, wall };
    end = change.at - 1;
  }
}

/** An instant up to which nothing occurs after `from`; the clocks may change before something does. */
export function quietUntil({ cron, timeZone }: CronEvent, from: number): number {
  const offset = offsetAt(timeZone, from);
  const wall = cron.nextRun(new Date(from + offset))?.getTime();
  const next = wall === undefined ? Number.POSITIVE_INFINITY : wall - offset;
  return Math.min(next, from + DAY, ...nextChange(timeZone, from));
}

/** Whether the clock passed `a` first, also when both are in one instant. */
export const isBefore = (a: Occurrence, b: Occurrence): boolean =>
  a.at === b.at ? a.wall < b.wall : a.at < b.at;

function nextChange(timeZone: string, from: number): readonly number[] {
  const change = lastChange(timeZone, from, from + DAY);
  return change === undefined ? [] : [change.at];
}

/** A day that is excepted is left at once, however often the event would occur in it. */
function lastOnWall({ cron, except }: CronEvent, to: number): number | undefined {
  let wall = previous(cron, to);
  while (wall !== undefined && except.has(new Date(wall).toISOString().slice(0, 10))) {
    wall = previous(cron, Math.floor(wall / DAY) * DAY - 1);
  }
  return wall;
}

const previous = (cron: Cron, to: number): number | undefined =>
  cron.previousRuns(1, new Date(to + 1))[0]?.getTime();
