import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { fuzz, type Part, type Row, type Size } from './run.ts';
import type { AnySubject } from './subject.ts';

/** What a thread is asked for: a part of a subject's inputs. */
export interface Shard extends Required<Part> {
  readonly subject: string;
}

/** Inputs of a shard: so many seconds of the slowest parser. */
const SHARD_INPUTS = 2000;
/** Some 3 s of a core: what is not done after so long, on a machine however busy, has an input without an end. */
const SHARD_TIMEOUT_MS = 1_800_000;

const WORKER = new URL('./worker.ts', import.meta.url);
/** That of a main thread, where services parse: with a worker's 4 MB the writer of an input's YAML takes minutes. */
const STACK_MB = 1;

/** Fuzzes on every core. The same seed gives the same inputs whatever the number of threads. */
export class FuzzPool {
  readonly #threads: number;
  readonly #idle: Worker[] = [];
  readonly #timeoutMs: number;

  constructor(threads = availableParallelism(), timeoutMs = SHARD_TIMEOUT_MS) {
    this.#threads = threads;
    this.#timeoutMs = timeoutMs;
  }

  /** @returns the sum of all shards; one that has no end, or whose thread dies, is a fault of its own */
  async run({ name }: AnySubject, { inputs, seed }: Size): Promise<Row> {
    const shards: Shard[] = [];
    for (let from = 0; from < inputs; from += SHARD_INPUTS)
      shards.push({ subject: name, seed, from, inputs: Math.min(SHARD_INPUTS, inputs - from) });
    const rows: Row[] = [];
    const lane = async (): Promise<void> => {
      for (let shard = shards.shift(); shard; shard = shards.shift()) rows.push(await this.#one(shard));
    };
    await Promise.all(Array.from({ length: this.#threads }, lane));
    return sumOf(name, rows);
  }

  async close(): Promise<void> {
    await Promise.all(this.#idle.splice(0).map((worker) => worker.terminate()));
  }

  #one(shard: Shard): Promise<Row> {
    const worker = this.#idle.pop() ?? new Worker(WORKER, { resourceLimits: { stackSizeMb: STACK_MB } });
    const { promise, resolve } = Promise.withResolvers<Row>();
    const listeners = {
      message: (row: Row) => end(row, true),
      error: (error: unknown) => lost(`the thread died: ${String(error)}`),
      exit: (code: number) => lost(`the thread ended with ${code}`),
    };
    // By name: without all of its listeners a worker delivers no message any more.
    const end = (row: Row, again: boolean): void => {
      clearTimeout(timer);
      for (const [event, listener] of Object.entries(listeners)) worker.off(event, listener);
      if (again) this.#idle.push(worker);
      else void worker.terminate();
      resolve(row);
    };
    const lost = (why: string) => end(lostRow(shard, why), false);
    const timer = setTimeout(() => lost(`no end within ${this.#timeoutMs / 1000} s`), this.#timeoutMs);
    for (const [event, listener] of Object.entries(listeners)) worker.on(event, listener);
    worker.postMessage(shard);
    return promise;
  }
}

const lostRow = ({ subject, seed, from, inputs }: Shard, why: string): Row => ({
  ...{ parser: subject, inputs, accepted: 0, refused: 0, slowestMs: 0, faults: 1 },
  examples: [`${subject}: ${why}: inputs ${from} to ${from + inputs} of seed ${seed}`],
});

/** Examples that are shown of all that were found. */
const SHOWN = 12;

function sumOf(parser: string, rows: readonly Row[]): Row {
  const sum = (of: (row: Row) => number): number => rows.reduce((total, row) => total + of(row), 0);
  return {
    parser,
    inputs: sum((row) => row.inputs),
    accepted: sum((row) => row.accepted),
    refused: sum((row) => row.refused),
    slowestMs: Math.max(...rows.map((row) => row.slowestMs)),
    faults: sum((row) => row.faults),
    examples: rows.flatMap((row) => row.examples).slice(0, SHOWN),
  };
}

/** The part of a subject that a shard names. @throws Error for a subject that is none */
export function fuzzShard(subjects: readonly AnySubject[], { subject: wanted, ...part }: Shard): Row {
  const subject = subjects.find(({ name }) => name === wanted);
  if (subject === undefined) throw new Error(`there is no subject '${wanted}'`);
  return fuzz(subject, part);
}
