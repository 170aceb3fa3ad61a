import type { LogLine } from '../../packages/contracts/log-report.ts';
import { type LogStoreKind, logRecords } from '../../packages/contracts/log-store.ts';

/** What tells a line from every other; undefined where nothing does. */
export type IdentityOf = (line: LogLine) => string | undefined;

/** The position of a line in its file, beside what is equal in the lines of a stream. An event is all that it says. */
export function identityIn(store: LogStoreKind): IdentityOf {
  const { position } = logRecords[store].line;
  return (line) => {
    if (line.kind === 'event') return JSON.stringify(line);
    const offset = line.fields?.[position];
    return offset === undefined
      ? undefined
      : `${line.time} ${line.pod} ${line.container} ${line.stream} ${offset}`;
  };
}

/** Identities that are kept: of some 100 bytes each, in two halves. */
export const KEPT = 100_000;

/**
 * Knows a line again among the last 100,000 at least: a push that is repeated after a crash writes records that are
 * equal in all that identifies them, their time too, and a source gives lines of one time near each other.
 */
export class Doubles {
  readonly #identityOf: IdentityOf;
  readonly #kept: number;
  #recent = new Set<string>();
  #earlier = new Set<string>();

  constructor(identityOf: IdentityOf, kept = KEPT) {
    this.#identityOf = identityOf;
    this.#kept = kept;
  }

  /** Whether the line was seen before; now it was. */
  has(line: LogLine): boolean {
    const identity = this.#identityOf(line);
    if (identity === undefined) return false;
    if (this.#recent.has(identity)) return true;
    const known = this.#earlier.has(identity);
    this.#recent.add(identity);
    if (this.#recent.size >= this.#kept) {
      this.#earlier = this.#recent;
      this.#recent = new Set();
    }
    return known;
  }
}
