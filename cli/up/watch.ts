import type { ServiceProcess } from './processes.ts';

/** Why a run is over. */
export type RunOutcome = 'settled' | 'stalled' | 'interrupted' | 'failed';

/** What a run looks like at one instant, as far as its end depends on it. */
export interface Progress {
  readonly publishing: boolean;
  readonly settled: boolean;
  readonly processed: number;
  /** Undefined while there is no reading. */
  readonly replicas: number | undefined;
  readonly interrupted: boolean;
  /** A service that ended although the run goes on, or ended badly. */
  readonly failed: Pick<ServiceProcess, 'name'> | undefined;
}

/**
 * Detects when a run is over: everything done and the workload back at 0; or nothing moved for
 * `stallSeconds`; or the user interrupted it; or a service failed.
 */
export class CompletionMonitor {
  readonly #stallMs: number;
  #movedAt: number;
  #last = '';

  constructor(stallSeconds: number, now: number) {
    this.#stallMs = stallSeconds * 1000;
    this.#movedAt = now;
  }

  ending(progress: Progress, now: number): RunOutcome | undefined {
    if (progress.interrupted) return 'interrupted';
    if (progress.failed !== undefined) return 'failed';
    if (!progress.publishing && progress.settled && progress.replicas === 0) return 'settled';
    return this.#stalled(progress, now) ? 'stalled' : undefined;
  }

  /** Between two publisher runs nothing need move; a settled workload is idle, not stalled. */
  #stalled({ publishing, settled, processed, replicas }: Progress, now: number): boolean {
    const state = `${processed} ${replicas} ${publishing && settled}`;
    if (state !== this.#last || (publishing && settled)) this.#movedAt = now;
    this.#last = state;
    return now - this.#movedAt >= this.#stallMs;
  }
}
