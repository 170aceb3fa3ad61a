/** An instant at which a zone's clock is set from `before` to `after`: milliseconds ahead of UTC. */
export interface ClockChange {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

const DAY = 86_400_000;

/**
 * Milliseconds by which the clock of an IANA zone is ahead of UTC.
 * @throws {RangeError} when there is no such zone, or the instant is no date
 */
export function offsetAt(timeZone: string, at: number): number {
  const { first, changes } = yearIn(timeZone, yearOf(at));
  return changes.findLast((change) => change.at <= at)?.after ?? first;
}

/** Every change of the clocks from one instant up to another, oldest first. */
export function clockChanges(timeZone: string, from: number, to: number): readonly ClockChange[] {
  const found: ClockChange[] = [];
  for (let year = yearOf(from); year <= yearOf(to); year += 1) found.push(...yearIn(timeZone, year).changes);
  return found.filter(({ at }) => at >= from && at < to);
}

/** The newest change of the clocks after `from`, up to and with `to`. */
export function lastChange(timeZone: string, from: number, to: number): ClockChange | undefined {
  for (let year = yearOf(to); year >= yearOf(from); year -= 1) {
    const found = yearIn(timeZone, year).changes.findLast(({ at }) => at > from && at <= to);
    if (found !== undefined) return found;
  }
  return undefined;
}

interface Year {
  /** The offset at its begin. */
  readonly first: number;
  /** Oldest first. */
  readonly changes: readonly ClockChange[];
}

const years = new Map<string, Map<number, Year>>();

/** A year of UTC, asked of Intl once: it answers slowly. */
function yearIn(timeZone: string, year: number): Year {
  const ofZone = years.get(timeZone) ?? new Map<number, Year>();
  const known = ofZone.get(year);
  if (known !== undefined) return known;
  const [from, to] = [new Date(0).setUTCFullYear(year), new Date(0).setUTCFullYear(year + 1)];
  const found = { first: toldOffset(timeZone, from), changes: computeChanges(timeZone, from, to) };
  years.set(timeZone, ofZone.set(year, found));
  return found;
}

/** 'GMT+05:30', 'GMT-00:43:08', 'GMT': the only form in which Intl returns an offset. */
const OFFSET = /GMT([+-])(\d+):(\d+)(?::(\d+))?/;

const formats = new Map<string, Intl.DateTimeFormat>();

function toldOffset(timeZone: string, at: number): number {
  const told = formatOf(timeZone).format(at);
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = OFFSET.exec(told) ?? [];
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return sign === '-' ? -1000 * size : 1000 * size;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' });
  formats.set(timeZone, format);
  return format;
}

const yearOf = (at: number): number => new Date(at).getUTCFullYear();

/** No zone has changed its clocks twice within a day. */
function computeChanges(timeZone: string, from: number, to: number): readonly ClockChange[] {
  const changes: ClockChange[] = [];
  let before = toldOffset(timeZone, from - 1);
  for (let day = from - 1; day < to - 1; day += DAY) {
    const after = toldOffset(timeZone, Math.min(day + DAY, to - 1));
    if (after !== before) changes.push({ at: bisect(timeZone, day, before), before, after });
    before = after;
  }
  return changes;
}

/** The first millisecond of a day at which the offset is another than `before`. */
function bisect(timeZone: string, day: number, before: number): number {
  let [low, high] = [day, day + DAY];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (toldOffset(timeZone, middle) === before) low = middle;
    else high = middle;
  }
  return high;
}
