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
  const named = formatOf(timeZone).format(at);
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = OFFSET.exec(named) ?? [];
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return sign === '-' ? -1000 * size : 1000 * size;
}

/** The newest change of the clocks after `from`, up to and with `to`. */
export function lastChange(timeZone: string, from: number, to: number): ClockChange | undefined {
  for (let year = yearOf(to); year >= yearOf(from); year -= 1) {
    const found = changesIn(timeZone, year).findLast(({ at }) => at > from && at <= to);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The changes of the clocks in a year of UTC, oldest first. */
export function changesIn(timeZone: string, year: number): readonly ClockChange[] {
  const key = `${timeZone} ${year}`;
  const known = years.get(key);
  if (known !== undefined) return known;
  const found = computeChanges(timeZone, Date.UTC(year, 0), Date.UTC(year + 1, 0));
  years.set(key, found);
  return found;
}

/** 'GMT+05:30', 'GMT-00:43:08', 'GMT': the one form in which Intl tells an offset. */
const OFFSET = /GMT([+-])(\d+):(\d+)(?::(\d+))?/;

const formats = new Map<string, Intl.DateTimeFormat>();
const years = new Map<string, readonly ClockChange[]>();

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
  let before = offsetAt(timeZone, from - 1);
  for (let day = from - 1; day < to - 1; day += DAY) {
    const after = offsetAt(timeZone, Math.min(day + DAY, to - 1));
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
    if (offsetAt(timeZone, middle) === before) low = middle;
    else high = middle;
  }
  return high;
}
