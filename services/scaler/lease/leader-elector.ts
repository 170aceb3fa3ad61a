import { withTimeout } from '@sluice/runtime';
import type { Fence } from '../control/controller.ts';
import { LeaseConflict, type LeaseContent, type LeaseStore, type StoredLease } from './kube-lease.ts';
import {
  type Candidate,
  defaultTiming,
  type LeaseClock,
  type LeaseTiming,
  mayAct,
  mayTake,
  observe,
  written,
} from './lease-rules.ts';

/** The Lease that is held, and what happens when it is won or lost. */
export interface LeaderElectorOptions {
  readonly store: LeaseStore;
  /** Unique to this process; two with one name would both lead. */
  readonly identity: string;
  readonly clock: LeaseClock;
  readonly timing?: LeaseTiming;
  /** The annotation to store with the next write. */
  readonly history: () => string | undefined;
  /** Called before the fence opens, with the annotation found. */
  readonly elected: (history: string | undefined, from: PreviousHolder) => void;
  readonly lost: () => void;
  readonly failed: (error: unknown) => void;
}

/** Who held the Lease before: no scaler (new, or released), one that vanished, or itself. */
export type PreviousHolder = 'released' | 'expired' | 'own';

/** Runs for the Lease, renews it while it holds it, and gives it back. */
export class LeaderElector implements Fence {
  readonly #options: LeaderElectorOptions;
  readonly #timing: LeaseTiming;
  #candidate: Candidate = {};
  #lease: StoredLease | undefined;
  #leading = false;
  #timer: NodeJS.Timeout | undefined;
  #step: Promise<void> | undefined;
  #stopped = false;

  constructor(options: LeaderElectorOptions) {
    this.#options = options;
    this.#timing = options.timing ?? defaultTiming;
  }

  mayAct(): boolean {
    return this.#leading && mayAct(this.#candidate, this.#options.clock.upperBound(), this.#timing);
  }

  start(): void {
    this.#step = this.#run();
  }

  /** Gives the Lease back, with the last history, so that a follower takes over at once. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#step;
    if (!this.mayAct() || this.#lease === undefined) return;
    const last = this.#content(this.#lease);
    this.#leading = false;
    // One second, as client-go does: a released Lease is free at once.
    await this.#write({ ...last, holder: '', durationMs: 1000 }).catch(this.#options.failed);
  }

  async #run(): Promise<void> {
    await this.#attempt().catch((error: unknown) => {
      if (!(error instanceof LeaseConflict)) this.#options.failed(error);
      this.#lease = undefined; // what is stored is not known any more: read before the next write
    });
    this.#noticeLoss();
    if (!this.#stopped) this.#timer = setTimeout(() => this.start(), this.#timing.retryMs);
  }

  /** A holder that knows its Lease writes at once; every other candidate reads first. */
  async #attempt(): Promise<void> {
    const { identity, clock, store } = this.#options;
    if (this.#lease?.holder !== identity)
      this.#lease = await withTimeout((signal) => store.read(signal), this.#requestMs(), 'reading the Lease');
    if (this.#lease !== undefined) {
      this.#candidate = observe(this.#candidate, this.#lease, identity, clock.lowerBound());
      if (!mayTake(this.#candidate, this.#lease, identity, clock.lowerBound(), this.#timing)) return;
    }
    const found = this.#lease;
    const begun = clock.upperBound();
    const stored = await this.#write(this.#content(found));
    this.#candidate = written(stored.version, begun, clock.lowerBound());
    this.#lease = stored;
    this.#noticeElection(found);
  }

  #noticeElection(found: StoredLease | undefined): void {
    if (this.#leading) return;
    this.#options.elected(found?.history, this.#succession(found?.holder ?? ''));
    this.#leading = true;
  }

  #succession(holder: string): PreviousHolder {
    if (holder === '') return 'released';
    return holder === this.#options.identity ? 'own' : 'expired';
  }

  #noticeLoss(): void {
    if (!this.#leading || this.mayAct()) return;
    this.#leading = false;
    this.#options.lost();
  }

  /** A new leader carries on the history that it found; only a leader has one of its own. */
  #content(found: StoredLease | undefined): LeaseContent {
    const { identity, history } = this.#options;
    const same = found?.holder === identity;
    const now = Date.now();
    const carried = this.#leading ? history() : found?.history;
    return {
      holder: identity,
      durationMs: this.#timing.durationMs,
      transitions: found === undefined ? 0 : found.transitions + (same ? 0 : 1),
      acquiredAt: same ? (found.acquiredAt ?? now) : now,
      renewedAt: now,
      ...(carried !== undefined && { history: carried }),
    };
  }

  #write(content: LeaseContent): Promise<StoredLease> {
    const { store } = this.#options;
    const version = this.#lease?.version;
    const write = (signal: AbortSignal) => store.write(content, version, signal);
    return withTimeout(write, this.#requestMs(), 'writing the Lease');
  }

  /** Two requests fit between a renewal and the deadline, and one write in flight into what is left after it. */
  #requestMs(): number {
    return (this.#timing.durationMs - this.#timing.renewDeadlineMs) * 0.8;
  }
}
