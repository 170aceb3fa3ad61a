import { unlessAborted } from '../errors.ts';

/** What became of one item of a batch: done, or why not. */
export type ItemResult = { readonly done: 'written' | 'duplicate' } | { readonly error: Error };

/** How items are written together. */
export interface BatchesOptions<T> {
  /** Most items of one write. */
  readonly size: number;
  /** One result for each item, in their order. It throws where nothing is known of any: the batch is written again. */
  readonly write: (items: readonly T[]) => Promise<readonly ItemResult[]>;
  /** How long a batch is written again and again before its items fail, milliseconds. */
  readonly holdMs: number;
  /** Aborted when the process stops: what is held fails at once. */
  readonly stop: AbortSignal;
  /** Told of each write that failed as a whole, and of the first that did not afterwards. */
  readonly outage: (error: Error | undefined, failures: number) => void;
  readonly sleep: (ms: number) => Promise<unknown>;
  /** Milliseconds of a clock that never goes back. @default performance.now */
  readonly now?: () => number;
  /** @default Math.random */
  readonly random?: () => number;
}

interface Waiting<T> {
  readonly item: T;
  readonly settle: (result: ItemResult) => void;
}

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5000;

const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));

/** Exponential with full jitter, milliseconds. @param failures From 1 */
export const backoffMs = (failures: number, random: () => number): number =>
  Math.ceil(random() * Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(failures, 20)));

/**
 * Writes what is submitted in batches, one after the other: what comes while one is written is the next one, so a
 * batch grows with the load and nothing waits for a timer. Results are given in the order of submission.
 */
export class Batches<T> {
  readonly #options: BatchesOptions<T>;
  readonly #waiting: Waiting<T>[] = [];
  #running = false;

  constructor(options: BatchesOptions<T>) {
    this.#options = options;
  }

  /** Resolves when the item is written, and does not reject. */
  submit(item: T): Promise<ItemResult> {
    const { promise, resolve } = Promise.withResolvers<ItemResult>();
    this.#waiting.push({ item, settle: resolve });
    if (!this.#running) void this.#run();
    return promise;
  }

  async #run(): Promise<void> {
    this.#running = true;
    // Items of the same turn share a batch.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#options.size);
      const results = await this.#held(batch.map(({ item }) => item));
      for (const [index, { settle }] of batch.entries())
        settle(results[index] ?? { error: new Error('the write gave no result for this item') });
    }
    this.#running = false;
  }

  async #held(items: readonly T[]): Promise<readonly ItemResult[]> {
    const { write, holdMs, outage, now = () => performance.now() } = this.#options;
    const until = now() + holdMs;
    for (let failures = 1; ; failures += 1)
      try {
        const results = await write(items);
        if (failures > 1) outage(undefined, failures - 1);
        return results;
      } catch (thrown) {
        const error = asError(thrown);
        outage(error, failures);
        if (!(await this.#paused(failures, until - now()))) return items.map(() => ({ error }));
      }
  }

  /** @returns false when another try would come too late */
  async #paused(failures: number, leftMs: number): Promise<boolean> {
    const { stop, sleep, random = Math.random } = this.#options;
    const delay = backoffMs(failures, random);
    if (stop.aborted || delay > leftMs) return false;
    const stopped = () => new Error('stopped');
    return unlessAborted(sleep(delay), stop, stopped).then(
      () => true,
      () => false,
    );
  }
}
