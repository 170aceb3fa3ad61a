import {
  type Decision,
  type DecisionInput,
  decide,
  emptyHistory,
  type History,
  isMissing,
  type Measures,
  type OldestWait,
  oldestWait,
  type Policy,
  type Reading,
  remember,
} from '@sluice/policy';
import { messageOf, withTimeout } from '@sluice/runtime';
import { asReadingError, type BacklogSource, type FailureCause, rejectOnAbort } from '../sources/source.ts';
import type { Observed, ReplicaTarget } from '../targets/kubernetes.ts';

/** The period and the phase of a timer, milliseconds. */
export interface FixedRateTimerOptions {
  /** Milliseconds; asked after every run, so that it may change. */
  readonly periodMs: () => number;
  readonly phaseMs: number;
  /** The first run comes within this: the instant of its grid that a longer period would wait for. @default phaseMs */
  readonly firstWithinMs?: number;
}

/** Of a period: instants computed in floating point may lie this far beside the grid. */
const TOLERANCE = 1e-6;

/**
 * Runs `work` at phase, phase + period, phase + 2 periods ... after its start. A run that outlasts its
 * period skips the instants it missed and never overlaps itself. With another period the instants are those
 * of a grid that began at the same phase.
 */
export class FixedRateTimer {
  readonly #options: FixedRateTimerOptions;
  readonly #work: () => Promise<void>;
  readonly #origin: number;
  #next: number;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;

  constructor(options: FixedRateTimerOptions, work: () => Promise<void>) {
    const { phaseMs, firstWithinMs = Number.POSITIVE_INFINITY } = options;
    const start = performance.now();
    this.#options = options;
    this.#work = work;
    this.#origin = start + phaseMs;
    this.#next = start + (phaseMs % firstWithinMs);
    this.#arm();
  }

  /** No further run begins; resolves when the one at work has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
  }

  #arm(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.#run(), this.#next - performance.now());
  }

  #run(): void {
    this.#running = this.#work().finally(() => {
      this.#next = this.#instantAfter(this.#next);
      this.#arm();
    });
  }

  /** The first instant that is neither past nor the last one again: a timer may fire a little early. */
  #instantAfter(last: number): number {
    const periodMs = this.#options.periodMs();
    const periods = (instant: number): number => (instant - this.#origin) / periodMs;
    const following = Math.floor(periods(last) + TOLERANCE) + 1;
    const upcoming = Math.ceil(periods(performance.now()) - TOLERANCE);
    return this.#origin + Math.max(following, upcoming) * periodMs;
  }
}

/** Whether this process may change replica counts now. */
export interface Fence {
  mayAct(): boolean;
}

/** Without leader election there is no other scaler. */
export const alwaysLeader: Fence = { mayAct: () => true };

/** What every workload's next decision needs of the past; it travels with the lease. */
export class Histories {
  #byWorkload = new Map<string, History>();

  get(workload: string): History {
    return this.#byWorkload.get(workload) ?? emptyHistory;
  }

  set(workload: string, history: History): void {
    this.#byWorkload.set(workload, history);
  }

  entries(): ReadonlyMap<string, History> {
    return this.#byWorkload;
  }

  /** Forgets all of its own and goes on from these. */
  replace(histories: ReadonlyMap<string, History>): void {
    this.#byWorkload = new Map(histories);
  }
}

/** One pass of a workload's loop, as it went. */
export interface Outcome {
  readonly workload: string;
  readonly reading: Reading;
  readonly failure?: FailureCause;
  readonly current: number;
  readonly decision: Decision;
  /** The wait of the oldest ready message, where any waits. */
  readonly oldestWait?: OldestWait;
  /** The measures of the work, for a policy that uses them. */
  readonly measures?: Measures;
  /** Epoch milliseconds of the decision. */
  readonly now: number;
  readonly uid?: string;
}

/** Receives everything a controller does: metrics, logs and Events implement it. */
export interface Observer {
  decided(outcome: Outcome): void;
  readingFailed(workload: string, cause: FailureCause, message: string): void;
  targetFailed(workload: string, operation: 'read' | 'write', message: string): void;
}

interface ControllerOptions {
  readonly name: string;
  readonly policy: Policy;
  readonly source: BacklogSource;
  readonly target: ReplicaTarget;
  readonly fence: Fence;
  readonly histories: Histories;
  readonly observer: Observer;
  /** Below the poll period. */
  readonly sourceTimeoutMs: number;
  /** The timeout of one request to the target; with the fence's margin it bounds a write in flight. */
  readonly targetTimeoutMs: number;
  /** A count read so recently stands for "no change"; a change is always decided on a fresh one. */
  readonly cacheTtlMs: number;
  /** The same while the count is 0, where readings are more frequent than the count needs to be read. */
  readonly idleTrustMs: number;
  /** Aborts when the scaler stops: a reading is not waited for any more. */
  readonly closing: AbortSignal;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

const ATTEMPTS = 3;

/** One workload's loop body: read -> decide -> write -> remember. Whatever fails, the count stays. */
export class Controller {
  readonly #options: ControllerOptions;
  #known: { readonly observed: Observed; readonly at: number } | undefined;

  constructor(options: ControllerOptions) {
    this.#options = options;
  }

  /** At 0 replicas, as far as is known. */
  get idle(): boolean {
    return this.#known?.observed.current === 0;
  }

  /** One pass. Never throws: failures go to the observer. */
  async tick(): Promise<void> {
    if (!this.#options.fence.mayAct()) return this.#forget();
    const { reading, failure } = await this.#read();
    if (!this.#options.fence.mayAct()) return this.#forget();
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      if (await this.#pass(reading, failure, attempt > 1)) return;
    }
    this.#failed('write', `changed under every one of ${ATTEMPTS} writes`);
  }

  /** True when the reading is dealt with; false to observe the target again and decide again. */
  async #pass(reading: Reading, failure: FailureCause | undefined, again: boolean): Promise<boolean> {
    const { name, policy, histories, fence } = this.#options;
    const trusted = again ? undefined : this.#trusted();
    const observed = trusted ?? (await this.#observe());
    if (observed === undefined) return true;
    const now = this.#options.now();
    const situation = { reading, current: observed.current, history: histories.get(name), now };
    const decision = decide(policy, situation);
    const changes = decision.replicas !== observed.current;
    if (changes && trusted !== undefined) return false;
    if (!fence.mayAct()) return true;
    const written = changes ? await this.#write(decision.replicas, observed) : 'written';
    if (written === 'conflict') return false;
    const done = written === 'written' ? decision : { ...decision, replicas: observed.current };
    const history = remember(policy, situation, done);
    histories.set(name, history);
    if (written === 'written') this.#report({ ...situation, history }, decision, failure, observed.uid);
    return true;
  }

  #report(
    { reading, current, history, now }: DecisionInput,
    decision: Decision,
    failure: FailureCause | undefined,
    uid: string | undefined,
  ): void {
    const oldest = isMissing(reading) ? undefined : oldestWait({ reading, current, history, now });
    this.#options.observer.decided({
      ...{ workload: this.#options.name, reading, current, decision, now },
      ...(failure !== undefined && { failure }),
      ...(oldest !== undefined && { oldestWait: oldest }),
      ...(history.measures !== undefined && { measures: history.measures }),
      ...(uid !== undefined && { uid }),
    });
  }

  async #read(): Promise<{ reading: Reading; failure?: FailureCause }> {
    const { name, source, sourceTimeoutMs, observer, closing, fence } = this.#options;
    try {
      const read = withTimeout((signal) => source.read(signal), sourceTimeoutMs, 'the reading');
      const reading = await rejectOnAbort(read, closing);
      return { reading };
    } catch (error) {
      const { cause, message } = asReadingError(error);
      if (fence.mayAct()) observer.readingFailed(name, cause, message);
      return { reading: { missing: message }, failure: cause };
    }
  }

  #trusted(): Observed | undefined {
    if (this.#known === undefined) return undefined;
    const { now, cacheTtlMs, idleTrustMs } = this.#options;
    const forMs = this.idle ? Math.max(cacheTtlMs, idleTrustMs) : cacheTtlMs;
    return now() - this.#known.at < forMs ? this.#known.observed : undefined;
  }

  async #observe(): Promise<Observed | undefined> {
    const { target, targetTimeoutMs, now } = this.#options;
    try {
      const at = now();
      const observed = await withTimeout(
        (signal) => target.read(signal),
        targetTimeoutMs,
        'reading the count',
      );
      this.#known = { observed, at };
      return observed;
    } catch (error) {
      this.#failed('read', messageOf(error));
      return undefined;
    }
  }

  async #write(replicas: number, observed: Observed): Promise<'written' | 'conflict' | 'failed'> {
    const { target, targetTimeoutMs } = this.#options;
    this.#forget();
    try {
      const write = (signal: AbortSignal) => target.write(replicas, observed, signal);
      return await withTimeout(write, targetTimeoutMs, 'writing the count');
    } catch (error) {
      this.#failed('write', messageOf(error));
      return 'failed';
    }
  }

  #failed(operation: 'read' | 'write', message: string): void {
    this.#options.observer.targetFailed(this.#options.name, operation, message);
  }

  #forget(): void {
    this.#known = undefined;
  }
}
