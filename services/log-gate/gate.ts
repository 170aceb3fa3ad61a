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

/** How a push ended: the labels of the gate's counter. */
export type Outcome = 'written' | 'refused' | 'unwritten' | 'unanswered';

/** What the gate reports of its work. */
export interface GateReports {
  answered(outcome: Outcome): void;
  round(seconds: number): void;
  /** A round after which nothing was acknowledged, and why. */
  failed(pushes: number, reason: string): void;
}

/** The store behind the gate, and how long a push may wait for it, milliseconds. */
export interface GateOptions {
  readonly store: StoreLike;
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
  readonly answer: (answer: Answer) => void;
}

interface Passed extends Waiting {
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
  #round: Promise<void> | undefined;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** @returns what the agent is answered: the store's own words once the records are on its disk, else 503 */
  pass(push: Push): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#waiting.push({ push, answer: resolve });
    this.#round ??= this.#rounds();
    return promise;
  }

  /** Resolves when no push waits. */
  async idle(): Promise<void> {
    await this.#round;
  }

  async #rounds(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      const begun = this.#options.now();
      await this.#pass(group);
      this.#options.reports.round((this.#options.now() - begun) / 1000);
    }
    this.#round = undefined;
  }

  async #pass(group: readonly Waiting[]): Promise<void> {
    const { now, writeMs, reports } = this.#options;
    const end = now() + writeMs;
    let passed: readonly Passed[] = group;
    try {
      const before = await this.#options.store.state(writeMs);
      passed = await this.#passOn(group, end);
      const taken = passed.filter(isTaken).length;
      if (taken > 0) await this.#written(before, taken, end);
      for (const one of passed) this.#answer(one);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      reports.failed(group.length, reason);
      for (const one of passed) this.#answer(one, reason);
    }
  }

  async #passOn(group: readonly Waiting[], end: number): Promise<Passed[]> {
    const { store, now } = this.#options;
    const passed: Passed[] = [];
    const rest = group.values();
    const passRest = async (): Promise<void> => {
      for (const one of rest) {
        const answered = await store.push(one.push, Math.max(1, end - now())).catch(() => undefined);
        passed.push({ ...one, ...(answered && { answered }) });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, passRest));
    return passed;
  }

  /** Resolves when the store has written all that it took. @throws Error when that cannot be said */
  async #written(before: StoreState, taken: number, end: number): Promise<void> {
    const { store, now, sleep, settleMs } = this.#options;
    await store.flush(Math.max(1, end - now()));
    await sleep(settleMs);
    for (;;) {
      const state = await store.state(Math.max(1, end - now()));
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
      this.#options.reports.answered(answered === undefined ? 'unanswered' : 'unwritten');
      one.answer({ status: 503, body: `${failure ?? 'the store did not answer'}\n` });
      return;
    }
    this.#options.reports.answered(taken ? 'written' : 'refused');
    one.answer(answered);
  }
}
