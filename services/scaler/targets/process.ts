import type { ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import type { ProcessTarget } from '@sluice/policy';
import { killGroup, spawnOwned } from '@sluice/runtime/processes';
import type { Observed, ReplicaTarget } from './kubernetes.ts';

/** A crashed child comes back after 0.5 s, then 1 s, 2 s ... 30 s; one that lived 30 s starts over. */
const BACKOFF_FIRST_MS = 500;
const BACKOFF_LIMIT_MS = 30_000;
const HEALTHY_AFTER_MS = 30_000;
/** About the time of one core that a consumer takes to start, its connection included. */
const START_CPU_MS = 120;
/** The last child of a write starts no later, however many there are. */
const LONGEST_SPREAD_MS = 3000;

interface Slot {
  readonly identity: string;
  child: ChildProcess | undefined;
  startedAt: number;
  crashes: number;
  notBefore: number;
}

/** The command whose processes are scaled, and how long each may take to stop, seconds. */
export interface ProcessTargetOptions {
  readonly workload: string;
  /** Called for each child that ended without being asked to. */
  readonly onCrash: (identity: string, outcome: string) => void;
  /** Monotonic milliseconds. @default performance.now() */
  readonly clock?: () => number;
  /** Children that can start at the same time without delaying each other. @default the cores of this machine */
  readonly cores?: number;
}

/** Between two waves of children, one a core, milliseconds. */
export const paceMs = (replicas: number, cores: number): number =>
  Math.min(START_CPU_MS, LONGEST_SPREAD_MS / Math.ceil(replicas / cores));

/**
 * N child processes of this one, as a Deployment has N pods: the count is what is wanted, and a child that
 * ends by itself is replaced on a later read, with backoff. Children share stdout and stderr with the
 * scaler; each gets its identity in POD_NAME. None outlives the scaler, not even one that was killed: a
 * scaler that starts after it finds nothing to adopt, and together they never run more than the count.
 *
 * Many that start at once would share the cores, and the first would be ready as late as the last. They start one
 * after the other instead, as fast as the cores can: 25 on 2 cores within 1.4 s, where the first one works after
 * a tenth of that. None waits for another: the pace is one of time.
 */
export class ProcessReplicas implements ReplicaTarget {
  readonly #target: ProcessTarget;
  readonly #options: ProcessTargetOptions;
  readonly #clock: () => number;
  readonly #slots: Slot[] = [];
  readonly #ending = new Set<Promise<void>>();
  readonly #cores: number;
  #serial = 0;
  #stopped = false;
  #pace: NodeJS.Timeout | undefined;

  constructor(target: ProcessTarget, options: ProcessTargetOptions) {
    this.#target = target;
    this.#options = options;
    this.#clock = options.clock ?? (() => performance.now());
    this.#cores = options.cores ?? availableParallelism();
  }

  async read(): Promise<Observed> {
    this.#startNext();
    return { current: this.#slots.length };
  }

  async write(replicas: number): Promise<'written'> {
    while (!this.#stopped && this.#slots.length < replicas) this.#add();
    for (const slot of this.#slots.splice(replicas)) this.#end(slot);
    this.#startNext();
    return 'written';
  }

  /** SIGTERM to every child, SIGKILL after the grace; resolves when all have ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#pace);
    await this.write(0);
    await Promise.all(this.#ending);
  }

  #add(): void {
    this.#serial += 1;
    const identity = `${this.#options.workload}-${this.#serial}`;
    this.#slots.push({ identity, child: undefined, startedAt: 0, crashes: 0, notBefore: 0 });
  }

  /** Starts as many as there are cores, oldest first, and soon the next ones. */
  #startNext(): void {
    if (this.#pace !== undefined) return;
    const due = this.#slots.filter(
      ({ child, notBefore }) => child === undefined && this.#clock() >= notBefore,
    );
    for (const slot of due.slice(0, this.#cores)) this.#start(slot);
    if (due.length <= this.#cores) return;
    const again = (): void => {
      this.#pace = undefined;
      this.#startNext();
    };
    this.#pace = setTimeout(again, paceMs(this.#slots.length, this.#cores));
  }

  #start(slot: Slot): void {
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
