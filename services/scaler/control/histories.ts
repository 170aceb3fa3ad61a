import { emptyHistory, type History } from '@sluice/policy';

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
