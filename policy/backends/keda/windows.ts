import { type CronEvent, lastOccurrence } from '../../clock/cron-event.ts';
import { clockChanges } from '../../clock/time-zone.ts';
import { isOpen, type TimedWindow, timedWindow } from '../../decide/recommend.ts';
import type { SchedulePolicy, ScheduleWindow } from '../../policy.ts';
import { matchesDay, nextRobfig, parseRobfig, type RobfigSchedule } from './robfig-cron.ts';

/** What KEDA's cron scaler makes of a window. */
export type WindowParity =
  | { readonly kind: 'same' }
  /** It cannot read it, or is up at other times all the year. */
  | { readonly kind: 'refused'; readonly why: string }
  /** It is up at other times where the zone changes its clocks. */
  | { readonly kind: 'clock-change'; readonly why: string };

const HOUR = 3_600_000;
/** Changes of the clocks that are checked: a fixed span, because the core has no current time. */
const CLOCKS = { from: Date.UTC(2026, 0), to: Date.UTC(2032, 0) };

/**
 * KEDA's rule: up unless the next start comes before the next end. It looks ahead where `decide` looks back, so
 * both say the same only where starts and ends take turns.
 *
 * @see https://github.com/kedacore/keda/blob/v2.20.2/pkg/scalers/cron_scaler.go
 */
export function isUp({ timeZone, start, end }: KedaWindow, at: number): boolean {
  const nextStart = nextRobfig(start, timeZone, at);
  const nextEnd = nextRobfig(end, timeZone, at);
  // A time that never comes is year 1 there, and before all others.
  return nextEnd !== undefined && (nextStart === undefined || nextEnd <= nextStart);
}

/** Whether KEDA's cron trigger opens a window when `decide` does. */
export function windowParity(policy: SchedulePolicy, window: ScheduleWindow): WindowParity {
  const { timeZone } = policy;
  const [start, end] = [parseRobfig(window.start), parseRobfig(window.end)];
  if ('problem' in start) return unread('start', window.start, start.problem);
  if ('problem' in end) return unread('end', window.end, end.problem);
  const keda = { timeZone, start, end };
  const turns = turnsFault(keda, window);
  if (turns !== undefined) return { kind: 'refused', why: turns };
  const why = clockFault(policy, window, keda);
  return why === undefined ? { kind: 'same' } : { kind: 'clock-change', why };
}

const unread = (key: string, expression: string, problem: string): WindowParity => ({
  kind: 'refused',
  why: `KEDA's cron (robfig/cron) cannot read the ${key} '${expression}': ${problem}; write it otherwise, or choose the own scaler.`,
});

/** The sentence on starts or ends that follow each other, on a clock that is never changed. */
function turnsFault(keda: KedaWindow, { start, end }: ScheduleWindow): string | undefined {
  const run = repeatedTurn(keda);
  if (run === undefined) return undefined;
  const state = run.edge === 'end' ? 'up' : 'down';
  return `KEDA's cron scaler is up unless its next start comes before its next end, so of the window from '${start}' to '${end}' it would be ${state} from ${sayWall(run.from)} to ${sayWall(run.to)}, between two ${run.edge}s; let starts and ends take turns, or choose the own scaler.`;
}

/** 'Fri 2026-01-02 22:10'. */
function sayWall(wall: number): string {
  const [day = ''] = new Date(wall).toUTCString().split(',');
  return `${day} ${new Date(wall).toISOString().slice(0, 16).replace('T', ' ')}`;
}

/** The sentence on the first instant at which a change of the clocks parts the two. */
function clockFault(policy: SchedulePolicy, window: ScheduleWindow, keda: KedaWindow): string | undefined {
  const { timeZone } = policy;
  const own = timedWindow(policy, window);
  for (const { at } of clockChanges(timeZone, CLOCKS.from, CLOCKS.to)) {
    const apart = pointsAround(at, own, keda).find((point) => isUp(keda, point) !== isOpen(own, point));
    if (apart === undefined) continue;
    const [state, otherwise] = isUp(keda, apart) ? ['up', 'closed'] : ['down', 'open'];
    return `Around a change of the clocks KEDA's cron leaves out or repeats runs: at ${new Date(apart).toISOString()} (${timeZone}) it is ${state}, and the window from '${window.start}' to '${window.end}' is ${otherwise}.`;
  }
  return undefined;
}

/** Both change their state only where a start or an end of one of them is, or the clocks are changed. */
function pointsAround(change: number, own: TimedWindow, keda: KedaWindow): readonly number[] {
  const dense = Math.max(keda.start.minute.size, keda.end.minute.size) > 2;
  const reach = (dense ? 3 : 30) * HOUR;
  const [from, to] = [change - reach, change + reach];
  const grid = [-30, -12, -3, 0, 1, 3, 12, 30].map((hours) => change + hours * HOUR);
  return [
    ...grid,
    change - 1,
    ...[own.start, own.end].flatMap((event) => occurrences(event, from, to)),
    ...[keda.start, keda.end].flatMap((schedule) => runs(schedule, keda.timeZone, from, to)),
  ].sort((a, b) => a - b);
}

function occurrences(event: CronEvent, from: number, to: number): readonly number[] {
  const found: number[] = [];
  for (let last = lastOccurrence(event, to); last && last.at >= from; ) {
    found.push(last.at);
    last = lastOccurrence(event, last.at - 1);
  }
  return found;
}

function runs(schedule: RobfigSchedule, timeZone: string, from: number, to: number): readonly number[] {
  const found: number[] = [];
  for (let next = nextRobfig(schedule, timeZone, from); next !== undefined && next <= to; ) {
    found.push(next);
    next = nextRobfig(schedule, timeZone, next);
  }
  return found;
}

/** A window as KEDA reads it. */
export interface KedaWindow {
  readonly timeZone: string;
  readonly start: RobfigSchedule;
  readonly end: RobfigSchedule;
}

type Edge = 'start' | 'end';

/** Starts or ends that follow each other: the first and the last of them, on the clock on the wall. */
export interface Repeated {
  readonly edge: Edge;
  readonly from: number;
  readonly to: number;
}

interface Turn {
  readonly edge: Edge;
  readonly wall: number;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** After 28 years, every date falls on the weekday that it had. */
const CALENDAR = { from: Date.UTC(2026, 0), to: Date.UTC(2054, 0) };

/** The first starts or ends in a row, on a clock that is never changed; undefined where they take turns. */
export function repeatedTurn(keda: KedaWindow): Repeated | undefined {
  const run = new Run();
  const ofKind = dayKinds(keda);
  for (let day = CALENDAR.from; day < CALENDAR.to; day += DAY) {
    const turns = ofKind[kindOf(matchesDay(keda.start, day), matchesDay(keda.end, day))];
    const found = run.addDay(day, turns ?? []);
    if (found !== undefined) return found;
  }
  return run.found;
}

/** Turn after turn, and what is known of the newest of one kind. */
class Run {
  #first: Turn | undefined;
  #last: Turn | undefined;
  /** Days that take turns within themselves: between their first and last turn nothing is to be found. */
  readonly #sound = new Set<readonly Turn[]>();

  get found(): Repeated | undefined {
    const [first, last] = [this.#first, this.#last];
    return first && last && { edge: last.edge, from: first.wall, to: last.wall };
  }

  addDay(day: number, turns: readonly Turn[]): Repeated | undefined {
    const skips = this.#sound.has(turns) && this.#last?.edge !== turns[0]?.edge;
    if (skips && this.#first === undefined) {
      const last = turns.at(-1);
      if (last !== undefined) this.#last = { ...last, wall: day + last.wall };
      return undefined;
    }
    for (const { edge, wall } of turns) {
      const found = this.#add({ edge, wall: day + wall });
      if (found !== undefined) return found;
    }
    if (this.#first === undefined) this.#sound.add(turns);
    return undefined;
  }

  /** What was found, once the other kind follows. */
  #add(turn: Turn): Repeated | undefined {
    const repeats = this.#last?.edge === turn.edge;
    if (!repeats && this.#first !== undefined) return this.found;
    if (repeats) this.#first ??= this.#last;
    this.#last = turn;
    return undefined;
  }
}

const kindOf = (starts: boolean, ends: boolean): number => Number(starts) + 2 * Number(ends);

/** The turns of a day on which nothing, only the start, only the end, or both occur. */
function dayKinds({ start, end }: KedaWindow): readonly (readonly Turn[])[] {
  const [starts, ends] = [turnsOf('start', start), turnsOf('end', end)];
  // An end comes before a start of the same minute.
  const both = [...ends, ...starts].sort((a, b) => a.wall - b.wall);
  return [[], starts, ends, both];
}

const turnsOf = (edge: Edge, { hour, minute }: RobfigSchedule): readonly Turn[] =>
  [...hour]
    .flatMap((h) => [...minute].map((m) => ({ edge, wall: (h * 60 + m) * MINUTE })))
    .sort((a, b) => a.wall - b.wall);
