/** What an agent sends: passed on as it is. */
export interface Push {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** What the store, or the gate, answers to a push. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** What the store says of itself. */
export interface StoreState {
  /** When its process started, Unix seconds. */
  readonly startedAt: number;
  /** Pushes that it has counted since then. */
  readonly pushes: number;
  /** Records that it has acknowledged and not yet written to its disk. */
  readonly unwritten: number;
}

/** A log store that acknowledges before it writes. Every call ends within the milliseconds that it is given. */
export interface StoreLike {
  push(push: Push, timeoutMs: number): Promise<Answer>;
  /** Makes it begin to write what came last. */
  flush(timeoutMs: number): Promise<void>;
  state(timeoutMs: number): Promise<StoreState>;
}

/** A push that can be answered at the end of a round. */
export interface SortedPush {
  /** Its part that the store lacks; absent where the store has all of it. */
  readonly push?: Push;
  /** Lines in that part. */
  readonly lines: number;
}

/** What is done with a push: `later` it waits for the next round, as another push of this one has a line of it. */
export type Sorted = SortedPush | 'later';

/** Tells lines that the store has from new ones. */
export interface Doubles {
  /** Sorts the pushes of a round; the first of them never waits. */
  sort(pushes: readonly Push[], timeoutMs: number): Promise<readonly Sorted[]>;
  /** The store has written all that was passed on. */
  keep(): void;
  /** It is not known any more what the store has. */
  forget(): void;
}

/** How a push ended: the labels of the gate's counter. */
export type Outcome = 'written' | 'refused' | 'unwritten' | 'unanswered';

/** What the gate reports of its work. */
export interface GateReports {
  /** @param lines Lines of it that the store has written. */
  answered(outcome: Outcome, lines: number): void;
  round(seconds: number): void;
  /** A round after which nothing was acknowledged, and why. */
  failed(pushes: number, reason: string): void;
}

/** The store behind the gate, and how long a push may wait for it, milliseconds. */
export interface GateOptions {
  readonly store: StoreLike;
  readonly doubles: Doubles;
  /**
   * How long the store is left alone before it is asked what it has written. It must be longer than its answer may be
   * old, and than two of its flush intervals: by then its index of streams, which it counts nowhere, is written.
   */
  readonly settleMs: number;
  /** The longest round. */
  readonly writeMs: number;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly reports: GateReports;
}

/** Pushes that are passed on at a time. */
const AT_ONCE = 8;
/** Between two looks at what the store has written, milliseconds. */
const LOOK_MS = 250;

interface Waiting {
  readonly push: Push;
  /** When it came, milliseconds of the gate's clock. */
  readonly at: number;
  readonly answer: (answer: Answer) => void;
}

/** The answer to a push of which the store has every line. */
const NOTHING_NEW: Answer = { status: 200, body: '' };

interface Passed extends Waiting {
  /** None of it was passed on: the store has it. */
  readonly known?: true;
  /** Lines of it that are passed on. */
  readonly lines: number;
  /** What the store answered; absent where it did not. */
  readonly answered?: Answer;
}

const isTaken = ({ answered }: Passed): boolean =>
  answered !== undefined && answered.status >= 200 && answered.status < 300;

/**
 * Answers a push when the store has written it. Pushes that wait are passed on together, as one round; none is passed
 * on while the round is not over, so that "nothing unwritten" is true of all of them.
 */
export class Gate {
  readonly #options: GateOptions;
  #waiting: Waiting[] = [];
  /** The pushes of the round that runs. */
  #passing: readonly Waiting[] = [];
  #unwrittenLines = 0;
  #round: Promise<void> | undefined;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** @returns what the agent is answered: the store's own words once the records are on its disk, else 503 */
  pass(push: Push): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#waiting.push({ push, at: this.#options.now(), answer: resolve });
    this.#round ??= this.#rounds();
    return promise;
  }

  /** Resolves when no push waits. */
  async idle(): Promise<void> {
    await this.#round;
  }

  /** How long the oldest push waits that has no answer, seconds; 0 where none does. */
  get oldestPushSeconds(): number {
    const now = this.#options.now();
    const oldest = [...this.#passing, ...this.#waiting].reduce((least, { at }) => Math.min(least, at), now);
    return (now - oldest) / 1000;
  }

  /** Lines that the store took in the round that runs and has not been seen to write. */
  get unwrittenLines(): number {
    return this.#unwrittenLines;
  }

  async #rounds(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#passing = group;
      this.#waiting = [];
      const begun = this.#options.now();
      await this.#pass(group);
      this.#passing = [];
      this.#unwrittenLines = 0;
      this.#options.reports.round((this.#options.now() - begun) / 1000);
    }
    this.#round = undefined;
  }

  async #pass(group: readonly Waiting[]): Promise<void> {
    const { now, writeMs, reports, doubles, store } = this.#options;
    const end = now() + writeMs;
    let passed: readonly Passed[] = group.map((one) => ({ ...one, lines: 0 }));
    try {
      const before = await store.state(writeMs);
      const sorted = await doubles.sort(
        group.map(({ push }) => push),
        this.#left(end),
      );
      passed = this.#withoutLater(group, sorted);
      passed = await this.#passOn(passed, end);
      const taken = passed.filter(isTaken);
      this.#unwrittenLines = taken.reduce((sum, { lines }) => sum + lines, 0);
      if (taken.length > 0) await this.#written(before, taken.filter(({ known }) => !known).length, end);
      if (taken.length === passed.length) doubles.keep();
      else doubles.forget();
      for (const one of passed) this.#answer(one);
    } catch (error) {
      doubles.forget();
      const reason = error instanceof Error ? error.message : String(error);
      reports.failed(passed.length, reason);
      for (const one of passed) this.#answer(one, reason);
    }
  }

  /** Pushes that wait for the next round are the first of it. */
  #withoutLater(group: readonly Waiting[], sorted: readonly Sorted[]): Passed[] {
    const later = group.filter((_, index) => sorted[index] === 'later');
    this.#waiting.unshift(...later);
    return group.flatMap((one, index): Passed[] => {
      const done = sorted[index];
      if (done === undefined || done === 'later') return [];
      const { push, lines } = done;
      return [
        push === undefined ? { ...one, lines, known: true, answered: NOTHING_NEW } : { ...one, lines, push },
      ];
    });
  }

  async #passOn(group: readonly Passed[], end: number): Promise<Passed[]> {
    const { store } = this.#options;
    const passed: Passed[] = group.filter(({ known }) => known);
    const rest = group.filter(({ known }) => !known).values();
    const passRest = async (): Promise<void> => {
      for (const one of rest) {
        const answered = await store.push(one.push, this.#left(end)).catch(() => undefined);
        passed.push({ ...one, ...(answered && { answered }) });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, passRest));
    return passed;
  }

  /** Milliseconds until then; every call has some. */
  #left(end: number): number {
    return Math.max(1, end - this.#options.now());
  }

  /** Resolves when the store has written all that it took. @throws Error when that cannot be said */
  async #written(before: StoreState, taken: number, end: number): Promise<void> {
    const { store, now, sleep, settleMs } = this.#options;
    await store.flush(this.#left(end));
    await sleep(settleMs);
    for (;;) {
      const state = await store.state(this.#left(end));
      // A store that was killed holds less than it took; one that was started in the same second counts less.
      if (state.startedAt !== before.startedAt || state.pushes < before.pushes + taken)
        throw new Error('the store has started anew since it took the pushes');
      if (state.unwritten === 0) return;
      if (now() >= end) throw new Error(`the store has not written ${state.unwritten} records in time`);
      await sleep(LOOK_MS);
    }
  }

  #answer(one: Passed, failure?: string): void {
    const { answered } = one;
    const taken = isTaken(one);
    if (answered === undefined || (taken && failure !== undefined)) {
      this.#options.reports.answered(answered === undefined ? 'unanswered' : 'unwritten', 0);
      one.answer({ status: 503, body: `${failure ?? 'the store did not answer'}\n` });
      return;
    }
    this.#options.reports.answered(taken ? 'written' : 'refused', taken ? one.lines : 0);
    one.answer(answered);
  }
}
