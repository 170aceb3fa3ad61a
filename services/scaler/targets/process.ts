import type { ChildProcess } from 'node:child_process';
import type { ProcessTarget } from '@sluice/policy';
import { killGroup, spawnOwned } from '@sluice/runtime/processes';
import type { Observed, ReplicaTarget } from './target.ts';

/** A crashed child comes back after 0.5 s, then 1 s, 2 s ... 30 s; one that lived 30 s starts over. */
const BACKOFF_FIRST_MS = 500;
const BACKOFF_LIMIT_MS = 30_000;
const HEALTHY_AFTER_MS = 30_000;

interface Slot {
  readonly identity: string;
  child: ChildProcess | undefined;
  startedAt: number;
  crashes: number;
  notBefore: number;
}

export interface ProcessTargetOptions {
  readonly workload: string;
  /** Told about each child that ended without being asked to. */
  readonly onCrash: (identity: string, outcome: string) => void;
  /** Monotonic milliseconds. @default performance.now() */
  readonly clock?: () => number;
}

/**
 * N child processes of this one, as a Deployment has N pods: the count is what is wanted, and a child that
 * ends by itself is replaced on a later read, with backoff. Children share stdout and stderr with the
 * scaler; each is told its identity in POD_NAME. None outlives the scaler, not even one that was killed: a
 * scaler that starts after it finds nothing to adopt, and together they never run more than the count.
 */
export class ProcessReplicas implements ReplicaTarget {
  readonly #target: ProcessTarget;
  readonly #options: ProcessTargetOptions;
  readonly #clock: () => number;
  readonly #slots: Slot[] = [];
  readonly #ending = new Set<Promise<void>>();
  #serial = 0;
  #stopped = false;

  constructor(target: ProcessTarget, options: ProcessTargetOptions) {
    this.#target = target;
    this.#options = options;
    this.#clock = options.clock ?? (() => performance.now());
  }

  async read(): Promise<Observed> {
    for (const slot of this.#slots) this.#ensure(slot);
    return { current: this.#slots.length };
  }

  async write(replicas: number): Promise<'written'> {
    while (!this.#stopped && this.#slots.length < replicas) this.#add();
    for (const slot of this.#slots.splice(replicas)) this.#end(slot);
    return 'written';
  }

  /** SIGTERM to every child, SIGKILL after the grace; resolves when all have ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.write(0);
    await Promise.all(this.#ending);
  }

  #add(): void {
    this.#serial += 1;
    const identity = `${this.#options.workload}-${this.#serial}`;
    const slot: Slot = { identity, child: undefined, startedAt: 0, crashes: 0, notBefore: 0 };
    this.#slots.push(slot);
    this.#ensure(slot);
  }

  #ensure(slot: Slot): void {
    if (slot.child !== undefined || this.#clock() < slot.notBefore) return;
    const env = { ...process.env, ...this.#target.env, POD_NAME: slot.identity };
    const child = spawnOwned(this.#target.command, { env });
    slot.child = child;
    slot.startedAt = this.#clock();
    child.once('error', (error) => this.#gone(slot, child, error.message));
    child.once('exit', (code, signal) => this.#gone(slot, child, signal ?? `exit code ${code}`));
  }

  #gone(slot: Slot, child: ChildProcess, outcome: string): void {
    if (slot.child !== child) return;
    slot.child = undefined;
    if (!this.#slots.includes(slot)) return; // it was asked to end
    const now = this.#clock();
    slot.crashes = now - slot.startedAt >= HEALTHY_AFTER_MS ? 1 : slot.crashes + 1;
    slot.notBefore = now + Math.min(BACKOFF_FIRST_MS * 2 ** (slot.crashes - 1), BACKOFF_LIMIT_MS);
    this.#options.onCrash(slot.identity, outcome);
  }

  #end({ child }: Slot): void {
    if (child === undefined) return;
    const { promise: exited, resolve } = Promise.withResolvers<void>();
    const killer = setTimeout(() => killGroup(child), this.#target.graceSeconds * 1000);
    child.once('close', () => {
      clearTimeout(killer);
      this.#ending.delete(exited);
      resolve();
    });
    this.#ending.add(exited);
    child.kill('SIGTERM');
  }
}
