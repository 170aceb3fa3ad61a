import { FaultsError } from '../faults.ts';
import type { Trace, TraceEntry } from './arrivals.ts';

/** A trace that cannot be read; each fault begins with its line. */
export class TraceError extends FaultsError {
  override readonly name = 'TraceError';

  constructor(faults: readonly string[]) {
    const shown = faults.slice(0, 20);
    const more = faults.length > 20 ? [`and ${faults.length - 20} more`] : [];
    super('Invalid trace', [...shown, ...more]);
  }
}

/**
 * Reads a recorded trace: lines of `epoch-seconds,count` in ascending order, with or without a header. A trace whose
 * first instant would lie beyond the year 5000 is in milliseconds, all of it.
 *
 * @throws {TraceError} with the line of every fault
 */
export function parseTrace(text: string): Trace {
  const faults: string[] = [];
  const entries: TraceEntry[] = [];
  const reader = new LineReader();
  text.split(/\r?\n/).forEach((line, index) => {
    if (line.trim() === '' || (index === 0 && isHeader(line))) return;
    const entry = reader.read(line);
    if (typeof entry === 'string') faults.push(`line ${index + 1}: ${entry}`);
    else entries.push(entry);
  });
  if (faults.length === 0 && entries.length === 0)
    faults.push('line 1: a trace must hold at least one entry');
  if (faults.length > 0) throw new TraceError(faults);
  return { kind: 'trace', entries };
}

const isHeader = (line: string): boolean => /^\s*[a-z]/i.test(line);

/** Lines one after another: they ascend, and their instants are of one unit. */
class LineReader {
  #latest = 0;
  #milliseconds: boolean | undefined;

  read(line: string): TraceEntry | string {
    const cells = line.split(',').map((cell) => cell.trim());
    const [instant = '', count = ''] = cells;
    if (cells.length !== 2) return `'${cut(line.trim())}' must be 'epoch-seconds,count'`;
    if (!isWhole(instant, MAX_EPOCH_SECONDS * 1000))
      return `'epoch-seconds' (${cut(instant)}) must be a whole number from 0 to ${MAX_EPOCH_SECONDS}`;
    if (!isWhole(count, MAX_COUNT))
      return `'count' (${cut(count)}) must be a whole number from 0 to ${MAX_COUNT}`;
    return this.#entry(Number(instant), Number(count));
  }

  #entry(instant: number, count: number): TraceEntry | string {
    const milliseconds = instant >= FIRST_MILLISECONDS;
    this.#milliseconds ??= milliseconds;
    if (milliseconds !== this.#milliseconds)
      return `'epoch-seconds' (${instant}) is in ${unit(milliseconds)}, those before it in ${unit(!milliseconds)}`;
    const epochSeconds = milliseconds ? Math.floor(instant / 1000) : instant;
    if (epochSeconds < this.#latest)
      return `'epoch-seconds' (${instant}) must not be before ${milliseconds ? this.#latest * 1000 : this.#latest}`;
    this.#latest = epochSeconds;
    return { epochSeconds, count };
  }
}

/** In seconds the year 5138, in milliseconds 1973: no trace was recorded in between. */
const FIRST_MILLISECONDS = 100_000_000_000;

const unit = (milliseconds: boolean): string => (milliseconds ? 'milliseconds' : 'seconds');

/** The end of the year 9999: a time in milliseconds is beyond it. */
const MAX_EPOCH_SECONDS = 253_402_300_799;
/** Jobs of one entry: far more than are simulated in a second, and a sum of them stays a safe integer. */
const MAX_COUNT = 1_000_000_000;

const isWhole = (text: string, max: number): boolean => /^\d{1,16}$/.test(text) && Number(text) <= max;

/** A line may be a whole file. */
const cut = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}...` : text);
