import { lastChange, offsetAt } from '../../clock/time-zone.ts';

/**
 * The cron of KEDA, as it is and not as it should be: what it cannot read, and what it makes of a clock that is
 * changed, decides how long pods stay up.
 *
 * @see https://github.com/robfig/cron/blob/v3.0.1/parser.go and spec.go
 */
export interface RobfigSchedule {
  readonly minute: ReadonlySet<number>;
  readonly hour: ReadonlySet<number>;
  readonly dayOfMonth: ReadonlySet<number>;
  readonly month: ReadonlySet<number>;
  readonly dayOfWeek: ReadonlySet<number>;
  /** A star in one of the two fields of the day: then both must match, else one is enough. */
  readonly anyDay: boolean;
}

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** Names of `min` and the values after it, in lower case. */
  readonly names?: readonly string[];
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
const WEEKDAYS = 'sun mon tue wed thu fri sat'.split(' ');

const FIELDS = [
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of month', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12, names: MONTHS },
  { name: 'day of week', min: 0, max: 6, names: WEEKDAYS },
] as const satisfies readonly Field[];

/** The schedule, or the sentence that says what KEDA cannot read. */
export function parseRobfig(expression: string): RobfigSchedule | { readonly problem: string } {
  const parts = expression.trim().split(/\s+/);
  if (parts.length !== FIELDS.length) return { problem: `expected 5 fields, found ${parts.length}` };
  const sets = FIELDS.map((field, index) => parseField(parts[index] ?? '', field));
  const problem = sets.find((set) => typeof set === 'string');
  if (typeof problem === 'string') return { problem };
  const [minute, hour, dayOfMonth, month, dayOfWeek] = sets.map((set) =>
    typeof set === 'string' ? new Set<number>() : set,
  );
  if (!minute || !hour || !dayOfMonth || !month || !dayOfWeek) return { problem: 'expected 5 fields' };
  const anyDay = hasStar(parts[2] ?? '') || hasStar(parts[4] ?? '');
  return { minute, hour, dayOfMonth, month, dayOfWeek, anyDay };
}

/** A step above 1 makes a star one restriction as others. */
const hasStar = (field: string): boolean => field.split(',').some((part) => /^[*?](\/0*1)?$/.test(part));

function parseField(text: string, field: Field): ReadonlySet<number> | string {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const range = parseRange(part, field);
    if (range === undefined) return `'${part}' is no ${field.name} from ${field.min} to ${field.max}`;
    for (let value = range.from; value <= range.to; value += range.step) values.add(value);
  }
  return values;
}

const RANGE = /^(?:([*?])|([a-z]+|\d{1,4})(?:-([a-z]+|\d{1,4}))?)(?:\/(\d{1,4}))?$/i;

function parseRange(
  text: string,
  field: Field,
): { readonly from: number; readonly to: number; readonly step: number } | undefined {
  const match = RANGE.exec(text);
  if (match === null) return undefined;
  const [, star, low = '', high, steps] = match;
  const from = star === undefined ? numberOf(low, field) : field.min;
  // `5/10` means `5-59/10`.
  const open = star !== undefined || (high === undefined && steps !== undefined);
  const to = open ? field.max : numberOf(high ?? low, field);
  const step = Number(steps ?? 1);
  const holds = from >= field.min && to <= field.max && from <= to && step > 0;
  return holds ? { from, to, step } : undefined;
}

function numberOf(text: string, { min, names = [] }: Field): number {
  const named = names.indexOf(text.toLowerCase());
  return named >= 0 ? min + named : Number(text);
}

/** Whether the day of a wall-clock time (milliseconds, read as UTC) is one of a schedule. */
export const matchesDay = (
  { dayOfMonth, dayOfWeek, month, anyDay }: RobfigSchedule,
  wall: number,
): boolean => {
  const date = new Date(wall);
  if (!month.has(date.getUTCMonth() + 1)) return false;
  const [byDate, byWeekday] = [dayOfMonth.has(date.getUTCDate()), dayOfWeek.has(date.getUTCDay())];
  return anyDay ? byDate && byWeekday : byDate || byWeekday;
};

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** An instant on its way to the next run; the first step forward sets all smaller fields to 0. */
interface Cursor {
  at: number;
  stepped: boolean;
}

/**
 * `SpecSchedule.Next`: the first run after an instant, undefined when there is none within five years. Steps
 * through a clock's change as that does, with its faults.
 */
export function nextRobfig(schedule: RobfigSchedule, timeZone: string, after: number): number | undefined {
  const cursor: Cursor = { at: Math.floor(after / SECOND) * SECOND + SECOND, stepped: false };
  const zone = new Clock(timeZone);
  const last = zone.wall(cursor.at).getUTCFullYear() + 5;
  while (zone.wall(cursor.at).getUTCFullYear() <= last) {
    if (STEPS.every((step) => step(cursor, schedule, zone))) return cursor.at;
  }
  return undefined;
}

/** Go's calendar of a zone. */
class Clock {
  readonly #timeZone: string;

  constructor(timeZone: string) {
    this.#timeZone = timeZone;
  }

  /** What the clock shows, in the UTC fields of a date. */
  wall(at: number): Date {
    return new Date(at + offsetAt(this.#timeZone, at));
  }

  /** `time.Date`: of a time that a zone has twice or never, the one that Go happens to give. */
  at(wall: number): number {
    const offset = offsetAt(this.#timeZone, wall);
    const at = wall - offset;
    const same = lastChange(this.#timeZone, Math.min(at, wall), Math.max(at, wall)) === undefined;
    return offset === 0 || same ? at : wall - offsetAt(this.#timeZone, at);
  }

  /** `Time.AddDate`. */
  addDate(at: number, months: number, days: number): number {
    const wall = this.wall(at);
    return this.at(wall.setUTCMonth(wall.getUTCMonth() + months, wall.getUTCDate() + days));
  }
}

/** Each moves on to a field that matches; false where a larger field must be looked at again. */
const STEPS: readonly ((cursor: Cursor, schedule: RobfigSchedule, zone: Clock) => boolean)[] = [
  toMonth,
  toDay,
  toHour,
  toMinute,
  toSecond,
];

function toMonth(cursor: Cursor, { month }: RobfigSchedule, zone: Clock): boolean {
  while (!month.has(zone.wall(cursor.at).getUTCMonth() + 1)) {
    const wall = zone.wall(cursor.at);
    begin(cursor, zone.at(Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth(), 1)));
    cursor.at = zone.addDate(cursor.at, 1, 0);
    if (zone.wall(cursor.at).getUTCMonth() === 0) return false;
  }
  return true;
}

function toDay(cursor: Cursor, schedule: RobfigSchedule, zone: Clock): boolean {
  while (!matchesDay({ ...schedule, month: EVERY_MONTH }, zone.wall(cursor.at).getTime())) {
    begin(cursor, zone.at(zone.wall(cursor.at).setUTCHours(0, 0, 0, 0)));
    cursor.at = zone.addDate(cursor.at, 0, 1);
    // Where a day has no midnight; of a clock that shows 01:00, it goes back to the day before.
    const hour = zone.wall(cursor.at).getUTCHours();
    if (hour !== 0) cursor.at += (hour > 12 ? 24 - hour : -hour) * HOUR;
    if (zone.wall(cursor.at).getUTCDate() === 1) return false;
  }
  return true;
}

const EVERY_MONTH: ReadonlySet<number> = new Set(MONTHS.map((_, index) => index + 1));

function toHour(cursor: Cursor, { hour }: RobfigSchedule, zone: Clock): boolean {
  while (!hour.has(zone.wall(cursor.at).getUTCHours())) {
    begin(cursor, zone.at(zone.wall(cursor.at).setUTCMinutes(0, 0, 0)));
    cursor.at += HOUR;
    if (zone.wall(cursor.at).getUTCHours() === 0) return false;
  }
  return true;
}

function toMinute(cursor: Cursor, { minute }: RobfigSchedule, zone: Clock): boolean {
  while (!minute.has(zone.wall(cursor.at).getUTCMinutes())) {
    begin(cursor, Math.floor(cursor.at / MINUTE) * MINUTE);
    cursor.at += MINUTE;
    if (zone.wall(cursor.at).getUTCMinutes() === 0) return false;
  }
  return true;
}

function toSecond(cursor: Cursor): boolean {
  const rest = cursor.at % MINUTE;
  if (rest === 0) return true;
  cursor.stepped = true;
  cursor.at += MINUTE - rest;
  return false;
}

function begin(cursor: Cursor, at: number): void {
  if (!cursor.stepped) cursor.at = at;
  cursor.stepped = true;
}
