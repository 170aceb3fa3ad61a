import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '@sluice/runtime';
import { parseServiceLine } from '../sources/lines.ts';
import type { ReadingSource } from '../sources/scaler.ts';
import type { BoardModel } from './board.ts';

/** New lines of the services. */
export interface LineSource {
  lines(): Promise<readonly string[]>;
}

/** What feeds the model, and how often, milliseconds. */
export interface WatchOptions {
  readonly model: BoardModel;
  readonly readings: ReadingSource;
  /** @default no decisions are known */
  readonly lines?: LineSource;
  readonly pollMs: number;
  /** Something may have changed. */
  readonly changed: () => void;
  /** A reading failed. */
  readonly failed: () => void;
  /** A source failed, or answers again (undefined); said once at each change. */
  readonly reported: (failure: string | undefined) => void;
  /** Epoch milliseconds. @default Date.now */
  readonly now?: () => number;
}

/** Reads the sources again and again into the model, one reading at a time, until it is stopped. */
export class Watch {
  readonly #options: WatchOptions;
  readonly #stopping = new AbortController();
  #failure: string | undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  start(): void {
    this.#ended = this.#run();
  }

  /** Resolves when nothing is read any more. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#ended;
  }

  /** One reading of every source. Never throws. */
  async poll(): Promise<void> {
    const { model, readings, now = Date.now } = this.#options;
    const failures: string[] = [];
    await this.#readLines().catch((error) => failures.push(messageOf(error)));
    try {
      model.observe(await readings.read(this.#stopping.signal), now());
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      model.failed(messageOf(error), now());
      failures.push(messageOf(error));
    }
    this.#report(failures.length === 0 ? undefined : failures.join('; '));
    this.#options.changed();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await this.poll();
      await sleep(this.#options.pollMs, undefined, { signal }).catch(() => {});
    }
  }

  async #readLines(): Promise<void> {
    const { lines, model } = this.#options;
    for (const text of (await lines?.lines()) ?? []) {
      const line = parseServiceLine(text);
      if (line === undefined) continue;
      if (line.msg === 'decision') {
        const { time: at, workload, current: from, replicas: to, reason, message } = line;
        model.decided({ at, workload, from, to, reason, message });
      } else if (line.outcome === 'succeeded') model.processed(line.time);
    }
  }

  #report(failure: string | undefined): void {
    if (failure !== undefined) this.#options.failed();
    if (failure !== this.#failure) this.#options.reported(failure);
    this.#failure = failure;
  }
}
