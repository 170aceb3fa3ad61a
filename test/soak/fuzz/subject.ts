import type fc from 'fast-check';

/** Planted where secrets stand. Any 12 characters of it hold `CANARY_MARK`, so that a cut one is found too. */
export const CANARY = 'canarycanarycanarycanary';
export const CANARY_MARK = 'canary';

/** What a parser made of an input: what it accepted, or the texts of its refusal. */
export type Outcome<A> = { readonly accepted: A } | { readonly refused: readonly string[] };

/** A parser under fuzz. */
export interface Subject<I, A> {
  /** In the table, and for vitest's `-t`. */
  readonly name: string;
  /** Valid ones, mutated ones and nonsense. */
  readonly inputs: fc.Arbitrary<I>;
  /** Anything that it throws is a crash. */
  readonly parse: (input: I) => Outcome<A>;
  /** What is wrong with what was accepted, undefined when nothing is. */
  readonly nonsense: (accepted: A, input: I) => string | undefined;
}

/** A subject whatever its types: what the runner takes. */
export interface AnySubject {
  readonly name: string;
  /** Parses so many inputs. */
  readonly each: (use: <I, A>(subject: Subject<I, A>) => void) => void;
}

export const subject = <I, A>(one: Subject<I, A>): AnySubject => ({
  name: one.name,
  each: (use) => use(one),
});

/** Runs a parser whose refusal is one class of error; any other is a crash. */
export function parsing<A>(
  parse: () => A,
  ...refusals: readonly (abstract new (
    ...args: never
  ) => Error)[]
): Outcome<A> {
  try {
    return { accepted: parse() };
  } catch (error) {
    if (!(error instanceof Error) || !refusals.some((refusal) => error instanceof refusal)) throw error;
    const faults: unknown = 'faults' in error ? error.faults : [];
    return { refused: [error.message, ...(Array.isArray(faults) ? faults.map(String) : [])] };
  }
}
