/** A wall clock that is followed minute by minute: slow, and simple enough to be right. */
const MINUTE = 60_000;
const WEEK = 7 * 86_400_000;

export interface DailyEvent {
  readonly minute: number;
  readonly hour: number;
  /** 0 is Sunday; every day where it is absent. */
  readonly weekday?: number;
}

export interface DailyWindow {
  readonly start: DailyEvent;
  readonly end: DailyEvent;
}

export const cronOf = ({ minute, hour, weekday }: DailyEvent): string =>
  `${minute} ${hour} * * ${weekday ?? '*'}`;

/** A zone's clock is set from `before` to `after`, milliseconds ahead of UTC. */
export interface ClockChange {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

/** Milliseconds by which a zone's clock is ahead of UTC, computed field by field. */
function offsetOf(timeZone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-GB', {
    ...({ timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit' } as const),
    ...({ hour: '2-digit', minute: '2-digit', second: '2-digit' } as const),
  });
  return (at) => {
    const fields = Object.fromEntries(
      format.formatToParts(at).map(({ type, value }) => [type, Number(value)]),
    );
    const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = fields;
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
  };
}

/** When a zone changes its clocks: at a full minute, and never twice within a week. */
export function clockChanges(timeZone: string, from: number, to: number): readonly ClockChange[] {
  const offset = offsetOf(timeZone);
  const changes: ClockChange[] = [];
  for (let week = from; week < to; week += WEEK) {
    const [before, after] = [offset(week), offset(week + WEEK)];
    if (before === after) continue;
    let [low, high] = [week, week + WEEK];
    while (high - low > MINUTE) {
      const middle = low + Math.floor((high - low) / MINUTE / 2) * MINUTE;
      if (offset(middle) === before) low = middle;
      else high = middle;
    }
    changes.push({ at: high, before, after });
  }
  return changes;
}

/**
 * Whether the window is open, minute by minute from `from` (closed) to `to`, in a zone that changes its clocks once
 * meanwhile. Minutes that are skipped pass in the instant of the change, minutes that are repeated pass twice; in
 * one minute, an end comes before a start.
 */
export function* replay(window: DailyWindow, change: ClockChange, from: number, to: number) {
  let open = false;
  let last = from + change.before - MINUTE;
  for (let at = from; at < to; at += MINUTE) {
    const now = at + (at < change.at ? change.before : change.after);
    for (const wall of shown(last, now)) open = after(wall, window, open);
    last = now;
    yield { at, open };
  }
}

/** The minutes that a clock shows, or skips, on its way; set back, it shows only where it now stands. */
function* shown(last: number, now: number) {
  for (let wall = Math.min(last + MINUTE, now); wall <= now; wall += MINUTE) yield wall;
}

function after(wall: number, { start, end }: DailyWindow, open: boolean): boolean {
  if (passes(start, wall)) return true;
  return passes(end, wall) ? false : open;
}

function passes({ minute, hour, weekday }: DailyEvent, wall: number): boolean {
  const minutes = Math.floor(wall / MINUTE);
  if (minutes % 60 !== minute || Math.floor(minutes / 60) % 24 !== hour) return false;
  return weekday === undefined || new Date(wall).getUTCDay() === weekday;
}
