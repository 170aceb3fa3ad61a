import type { Policy } from '@sluice/policy';
import { SampleHistory } from './history.ts';
import type { BoardState, Connection, DecisionRecord, Reading, WorkloadState } from './state.ts';

/** Decisions that are kept of each workload. */
const MOST_DECISIONS = 100;
/** Workloads that are kept: names come from outside. */
const MOST_WORKLOADS = 1000;
/** What a scaler may take to answer after the board has started. */
const STARTING_MS = 10_000;
const THROUGHPUT_WINDOW_MS = 10_000;
/** Completions that are kept: of a second with more, the rate is a lower bound. */
const MOST_COMPLETIONS = 50_000;

interface Known {
  reading: Reading;
  readonly history: SampleHistory;
  /** Newest first. */
  decisions: readonly DecisionRecord[];
  throughput?: number;
}

/** Everything that the board knows, as it comes in; pure but for its memory, the time is an argument. */
export class BoardModel {
  readonly #policies: ReadonlyMap<string, Policy>;
  readonly #known = new Map<string, Known>();
  #connection: Connection = { kind: 'loading' };
  #readAt: number | undefined;
  #failingSince: number | undefined;
  #completions: number[] = [];
  #rates: ReadonlyMap<string, number> = new Map();
  #jobsAreReported = false;

  /** @param policies by workload; of any other, less can be said */
  constructor(policies: ReadonlyMap<string, Policy> = new Map()) {
    this.#policies = policies;
    for (const workload of policies.keys()) this.#of(workload);
  }

  /** A whole answer of the source: what is not in it is no longer known. */
  observe(readings: readonly Reading[], now: number): void {
    this.#connection = { kind: 'live' };
    this.#readAt = now;
    const own = this.#throughput(now);
    for (const reading of readings) {
      const known = this.#of(reading.workload);
      if (known === undefined) continue;
      known.reading = reading;
      const throughput = this.#rates.get(reading.workload) ?? own;
      if (throughput === undefined) delete known.throughput;
      else known.throughput = throughput;
      this.#sample(known, now);
    }
  }

  /** The source did not answer; what has only just started may need a moment. @param message names it and says why */
  failed(message: string, now: number): void {
    this.#failingSince ??= now;
    if (this.#readAt !== undefined) this.#connection = { kind: 'stale', message };
    else if (now - this.#failingSince >= STARTING_MS) this.#connection = { kind: 'failed', message };
  }

  /** A decision that was not told before; of several pods' lines an older one may come later. */
  decided(decision: DecisionRecord): void {
    const known = this.#of(decision.workload);
    if (known === undefined) return;
    const later = known.decisions.filter(({ at }) => at > decision.at);
    const earlier = known.decisions.slice(later.length);
    known.decisions = [...later, decision, ...earlier].slice(0, MOST_DECISIONS);
  }

  /** Jobs done a second, by workload, as somebody has counted them; of any other it is not known. */
  counted(rates: ReadonlyMap<string, number>): void {
    this.#rates = rates;
  }

  /** A job was done. @param at epoch milliseconds */
  processed(at: number): void {
    this.#jobsAreReported = true;
    this.#completions.push(at);
    if (this.#completions.length > MOST_COMPLETIONS)
      this.#completions = this.#completions.slice(-MOST_COMPLETIONS / 2);
  }

  state(now: number): BoardState {
    return {
      connection: this.#connection,
      ...(this.#readAt !== undefined && { readAt: this.#readAt }),
      now,
      workloads: [...this.#known].map(([name, known]) => this.#stateOf(name, known)),
    };
  }

  #of(workload: string): Known | undefined {
    const found = this.#known.get(workload);
    if (found !== undefined || this.#known.size >= MOST_WORKLOADS) return found;
    const known = { reading: { workload }, history: new SampleHistory(), decisions: [] };
    this.#known.set(workload, known);
    return known;
  }

  #stateOf(name: string, { reading, history, decisions, throughput }: Known): WorkloadState {
    const policy = this.#policies.get(name);
    return {
      ...reading,
      ...(policy !== undefined && { policy }),
      ...(throughput !== undefined && { throughput }),
      samples: history.samples,
      decisions,
    };
  }

  #sample({ reading, history, throughput }: Known, at: number): void {
    const { ready, unacked, replicas = 0, oldestWait } = reading;
    if (ready === undefined || unacked === undefined) return;
    // With no message waiting the oldest waits for no time.
    const oldestWaitSeconds = oldestWait?.seconds ?? (ready === 0 ? 0 : null);
    history.add({ at, ready, unacked, replicas, oldestWaitSeconds, throughput: throughput ?? null });
  }

  /** Lines of jobs name no workload: with more than one, nothing is said. */
  #throughput(now: number): number | undefined {
    this.#completions = this.#completions.filter((at) => now - at < THROUGHPUT_WINDOW_MS);
    if (this.#known.size !== 1 || !this.#jobsAreReported) return undefined;
    return this.#completions.length / (THROUGHPUT_WINDOW_MS / 1000);
  }
}
