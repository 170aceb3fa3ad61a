import { inspect } from 'node:util';
import fc from 'fast-check';
import { type AnySubject, CANARY_MARK, type Outcome, type Subject } from './subject.ts';

const CHUNK = 2000;
/** No input may take longer, milliseconds of the processor's time. */
const LONGEST_MS = 1000;
/** Faults of one kind that are shown. */
const SHOWN = 3;

export interface Size {
  readonly inputs: number;
  /** The same seed gives the same inputs. */
  readonly seed: number;
}

/** Some of the inputs of a seed: those from the one of that number on. */
export interface Part extends Size {
  /** A multiple of 2,000. @default 0 */
  readonly from?: number;
}

/** One row of the table. */
export interface Row {
  readonly parser: string;
  readonly inputs: number;
  readonly accepted: number;
  readonly refused: number;
  readonly slowestMs: number;
  /** All of them; `examples` has the first ones of each kind. */
  readonly faults: number;
  readonly examples: readonly string[];
}

/** Feeds a parser, and counts what must never be: crashes, slow inputs, secrets in refusals, accepted nonsense. */
export function fuzz(subject: AnySubject, part: Part): Row {
  const tally = new Tally(subject.name);
  subject.each((one) => feed(one, part, tally));
  return tally.row();
}

function feed<I, A>(one: Subject<I, A>, { inputs, seed, from = 0 }: Part, tally: Tally): void {
  for (let done = 0; done < inputs; done += CHUNK) {
    const numRuns = Math.min(CHUNK, inputs - done);
    for (const input of fc.sample(one.inputs, { seed: seed + from + done, numRuns })) tally.take(one, input);
  }
}

/** A byte of another letter that a URL encodes may end with the mark's own first letter: `%9Canary`. */
const shows = (text: string): boolean =>
  text
    .replaceAll(/%[89a-f][\da-f]/gi, '?')
    .toLowerCase()
    .includes(CANARY_MARK);

class Tally {
  readonly #parser: string;
  readonly #kinds = new Map<string, number>();
  readonly #examples: string[] = [];
  #inputs = 0;
  #accepted = 0;
  #refused = 0;
  #slowestMs = 0;

  constructor(parser: string) {
    this.#parser = parser;
  }

  take<I, A>(one: Subject<I, A>, input: I): void {
    this.#inputs += 1;
    const began = process.threadCpuUsage();
    let outcome: Outcome<A> | undefined;
    try {
      outcome = one.parse(input);
    } catch (error) {
      this.#fault('crash', error instanceof Error ? (error.stack ?? error.message) : String(error), input);
    }
    // Of this thread: a machine that is busy with something else makes no parser slow.
    const { user, system } = process.threadCpuUsage(began);
    const tookMs = (user + system) / 1000;
    this.#slowestMs = Math.max(this.#slowestMs, tookMs);
    if (tookMs > LONGEST_MS) this.#fault('slow', `${Math.round(tookMs)} ms`, input);
    if (outcome !== undefined) this.#judge(one, input, outcome);
  }

  #judge<I, A>(one: Subject<I, A>, input: I, outcome: Outcome<A>): void {
    if ('refused' in outcome) {
      this.#refused += 1;
      const shown = outcome.refused.find(shows);
      if (shown !== undefined) this.#fault('secret', shown, input);
      return;
    }
    this.#accepted += 1;
    const wrong = one.nonsense(outcome.accepted, input);
    if (wrong !== undefined) this.#fault('nonsense', wrong, input);
  }

  #fault(kind: string, what: string, input: unknown): void {
    const times = (this.#kinds.get(kind) ?? 0) + 1;
    this.#kinds.set(kind, times);
    if (times > SHOWN) return;
    const shown = inspect(input, { depth: 12, breakLength: 200, maxStringLength: 400 }).slice(0, 1500);
    this.#examples.push(`${this.#parser}: ${kind}: ${what.slice(0, 600)}\n  input: ${shown}`);
  }

  row(): Row {
    return {
      parser: this.#parser,
      inputs: this.#inputs,
      accepted: this.#accepted,
      refused: this.#refused,
      slowestMs: Math.round(this.#slowestMs),
      faults: [...this.#kinds.values()].reduce((sum, times) => sum + times, 0),
      examples: this.#examples,
    };
  }
}
