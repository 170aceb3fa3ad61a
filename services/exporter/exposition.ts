import type { Family } from './mapping.ts';
import type { SeriesColumns } from './series.ts';

/** Prometheus' text format. @see https://prometheus.io/docs/instrumenting/exposition_formats/ */
export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Large enough to be few writes: bytes. */
const CHUNK = 65_536;
/** UTF-8 takes no more for a UTF-16 code unit. */
const MOST_BYTES = 3;

/** Well-formed: what UTF-8 cannot say would make two labels one when it is written. */
export function escapeLabel(text: string): string {
  const known = text.toWellFormed();
  return /[\\"\n]/.test(known)
    ? known.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')
    : known;
}

const escapeHelp = (text: string): string => text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n');

/**
 * The text of all series, family by family, in pieces.
 * @param groups The series of one target each
 */
export function* exposition(
  families: readonly Family[],
  groups: readonly SeriesColumns[],
): Generator<string> {
  const readers = groups.map((series) => ({ series, next: 0 }));
  for (const [family, { name, type, help }] of families.entries()) {
    const those = readers.filter(({ series, next }) => series.families[next] === family);
    if (those.length > 0) yield `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`;
    for (const reader of those) yield* linesOf(reader, family);
  }
}

interface Reader {
  readonly series: SeriesColumns;
  /** Index of what is not read yet. */
  next: number;
}

function* linesOf(reader: Reader, family: number): Generator<string> {
  const { families, ids, values } = reader.series;
  for (; families[reader.next] === family; reader.next += 1) {
    yield ids[reader.next] ?? '';
    yield ` ${values[reader.next]}\n`;
  }
}

/** Texts as chunks of bytes. Each is valid until the next is asked for: one buffer serves them all. */
export function* encode(texts: Iterable<string>): Generator<Buffer> {
  const buffer = Buffer.allocUnsafe(CHUNK);
  let used = 0;
  for (const text of texts) {
    const most = text.length * MOST_BYTES;
    if (used + most > CHUNK) {
      yield buffer.subarray(0, used);
      used = 0;
    }
    if (most > CHUNK) yield Buffer.from(text);
    else used += buffer.write(text, used);
  }
  yield buffer.subarray(0, used);
}
