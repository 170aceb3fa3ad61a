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
 * Reads a recorded trace: lines of `epoch-seconds,count` in ascending order, with or without a header.
 *
 * @throws {TraceError} with the line of every fault
 */
export function parseTrace(text: string): Trace {
  const faults: string[] = [];
  const entries: TraceEntry[] = [];
  let latest = 0;
  text.split(/\r?\n/).forEach((line, index) => {
    if (line.trim() === '' || (index === 0 && isHeader(line))) return;
    const entry = parseLine(line, latest);
    if (typeof entry === 'string') faults.push(`line ${index + 1}: ${entry}`);
    else {
      latest = entry.epochSeconds;
      entries.push(entry);
    }
  });
  if (faults.length === 0 && entries.length === 0)
    faults.push('line 1: a trace must hold at least one entry');
  if (faults.length > 0) throw new TraceError(faults);
  return { kind: 'trace', entries };
}

const isHeader = (line: string): boolean => /^\s*[a-z]/i.test(line);

function parseLine(line: string, latest: number): TraceEntry | string {
  const cells = line.split(',').map((cell) => cell.trim());
  const [epochSeconds = '', count = ''] = cells;
  if (cells.length !== 2) return `'${cut(line.trim())}' must be 'epoch-seconds,count'`;
  if (!isWhole(epochSeconds, MAX_EPOCH_SECONDS))
    return `'epoch-seconds' (${cut(epochSeconds)}) must be a whole number from 0 to ${MAX_EPOCH_SECONDS}`;
  if (!isWhole(count, MAX_COUNT))
    return `'count' (${cut(count)}) must be a whole number from 0 to ${MAX_COUNT}`;
  if (Number(epochSeconds) < latest) return `'epoch-seconds' (${epochSeconds}) must not be before ${latest}`;
  return { epochSeconds: Number(epochSeconds), count: Number(count) };
}

/** The end of the year 9999: a time in milliseconds is beyond it. */
const MAX_EPOCH_SECONDS = 253_402_300_799;
/** Of one entry: far beyond what is simulated in a second, and a sum of them stays a whole number. */
const MAX_COUNT = 1_000_000_000;

const isWhole = (text: string, max: number): boolean => /^\d{1,16}$/.test(text) && Number(text) <= max;

/** A line may be a whole file. */
const cut = (text: string): string => (text.length > 60 ? `${text.slice(0, 60)}...` : text);
