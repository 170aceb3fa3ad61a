import { gunzipSync } from 'node:zlib';
import type { Doubles, Push, Sorted } from './gate.ts';
import { filterLines, type LineId, linesOf } from './records.ts';

/** A part of a source that is known as a whole, nanoseconds. */
const SPAN = 60_000_000_000n;

/** What the store is asked: every line of these pods, from the first span to the end of the last one. */
export interface LinesWanted {
  readonly pods: readonly string[];
  /** Nanoseconds since 1970; `to` is not of them. */
  readonly from: bigint;
  readonly to: bigint;
}

/** How the gate asks the store for lines, and how many it remembers. */
export interface DoublesOptions {
  /** Lines that the store has. */
  readonly find: (wanted: LinesWanted, timeoutMs: number) => AsyncIterable<LineId>;
  /** Lines that are remembered at most between two rounds; others are asked for again. */
  readonly maxLines: number;
  readonly onDropped: (lines: number) => void;
}

/** What VictoriaLogs takes of one push, unpacked. */
const MOST_BYTES = 64 * 1024 * 1024;

const spanOf = ({ source, time }: LineId): string => `${time / SPAN} ${source}`;
const placeOf = ({ time, position }: LineId): string => `${(time % SPAN).toString(36)}.${position}`;

type Lines = Map<string, Set<string>>;
const has = (lines: Lines, line: LineId): boolean => lines.get(spanOf(line))?.has(placeOf(line)) === true;

function add(lines: Lines, line: LineId): void {
  const span = spanOf(line);
  const places = lines.get(span);
  if (places === undefined) lines.set(span, new Set([placeOf(line)]));
  else places.add(placeOf(line));
}

/** A push that can be read, and what is in it. */
interface Readable {
  readonly body: Buffer;
  readonly lines: readonly LineId[];
}

/**
 * Knows which lines the store has: it asks for each minute of a container once, and remembers what was written since.
 * After a round that failed it knows nothing, and asks again.
 */
export class KnownLines implements Doubles {
  readonly #options: DoublesOptions;
  /** Minute of a container -> lines of it; the one that was used last is the last. */
  readonly #known: Lines = new Map();
  /** The same, of what is passed on in this round. */
  #round: Lines = new Map();

  constructor(options: DoublesOptions) {
    this.#options = options;
  }

  async sort(pushes: readonly Push[], timeoutMs: number): Promise<Sorted[]> {
    this.#round = new Map();
    const readable = pushes.map(read);
    await this.#learn(
      readable.flatMap((push) => push?.lines ?? []),
      timeoutMs,
    );
    return pushes.map((push, index) => {
      const content = readable[index];
      return content === undefined ? { push, lines: 0 } : this.#sorted(push, content);
    });
  }

  keep(): void {
    for (const [span, places] of this.#round) {
      const known = this.#known.get(span);
      for (const place of places) known?.add(place);
    }
    this.#round = new Map();
  }

  forget(): void {
    this.#known.clear();
    this.#round = new Map();
  }

  #sorted(push: Push, { body, lines }: Readable): Sorted {
    const fresh = lines.filter((line) => !has(this.#known, line));
    if (fresh.some((line) => has(this.#round, line))) return 'later';
    for (const line of fresh) add(this.#round, line);
    if (fresh.length === lines.length) return { push, lines: lines.length };
    this.#options.onDropped(lines.length - fresh.length);
    const left = filterLines(body, (line) => !has(this.#known, line));
    if (left === undefined) return { lines: 0 };
    const { 'content-encoding': _, ...headers } = push.headers;
    return { push: { headers, body: left }, lines: fresh.length };
  }

  async #learn(lines: readonly LineId[], timeoutMs: number): Promise<void> {
    this.#trim();
    const unknown = new Map<string, LineId>();
    for (const line of lines) {
      const span = spanOf(line);
      const known = this.#known.get(span);
      if (known === undefined) unknown.set(span, line);
      else {
        this.#known.delete(span);
        this.#known.set(span, known);
      }
    }
    if (unknown.size === 0) return;
    const found = new Map([...unknown.keys()].map((span) => [span, new Set<string>()]));
    const spans = [...unknown.values()].map(({ time }) => time / SPAN);
    const first = spans.reduce((a, b) => (b < a ? b : a));
    const last = spans.reduce((a, b) => (b > a ? b : a));
    const pods = [...new Set([...unknown.values()].map(({ pod }) => pod))];
    const wanted = { pods, from: first * SPAN, to: (last + 1n) * SPAN };
    for await (const line of this.#options.find(wanted, timeoutMs))
      found.get(spanOf(line))?.add(placeOf(line));
    for (const [span, places] of found) this.#known.set(span, places);
  }

  /** Forgets what was used longest ago. */
  #trim(): void {
    let lines = [...this.#known.values()].reduce((sum, { size }) => sum + size, 0);
    for (const [span, { size }] of this.#known) {
      if (lines <= this.#options.maxLines) return;
      this.#known.delete(span);
      lines -= size;
    }
  }
}

/** @returns undefined for a push that cannot be read: the store says what is wrong with it */
function read({ headers, body: sent }: Push): Readable | undefined {
  try {
    const body =
      headers['content-encoding'] === 'gzip' ? gunzipSync(sent, { maxOutputLength: MOST_BYTES }) : sent;
    return { body, lines: linesOf(body) };
  } catch {
    return undefined;
  }
}
