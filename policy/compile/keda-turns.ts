import { matchesDay, type RobfigSchedule } from './robfig-cron.ts';

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
