import { openStream, parseInstant, streamedLines } from '@sluice/runtime';
import type { LogLine, Span } from '../../../packages/contracts/log-report.ts';
import { logRecords } from '../../../packages/contracts/log-store.ts';
import { levelExpression, type Selection, wordExpression } from '../selection.ts';
import { recordReader } from './record.ts';
import {
  instantText,
  type LogSource,
  LogSourceError,
  type NamespaceCount,
  type SourceOptions,
} from './source.ts';

const { line: LINE, event: EVENT } = logRecords['victoria-logs'];

/** A record of VictoriaLogs is at most 2 MB; JSON may need six characters for a byte. @see https://docs.victoriametrics.com/victorialogs/faq/ */
const MAX_RECORD_BYTES = 16 * 1024 * 1024;

/**
 * VictoriaLogs by its streaming query: records come as the store finds them, unsorted, and neither side keeps them.
 * @see https://docs.victoriametrics.com/victorialogs/querying/#querying-logs
 */
export class VictoriaLogs implements LogSource {
  readonly #options: SourceOptions;
  readonly #read = recordReader('victoria-logs');

  constructor(options: SourceOptions) {
    this.#options = options;
  }

  async namespaces(span: Span, selection: Selection, signal: AbortSignal): Promise<NamespaceCount[]> {
    const counting = `| stats by (${quoted(LINE.namespace)}) count() as lines`;
    const counts: NamespaceCount[] = [];
    for await (const record of this.#query(`${filterOf(span, selection)} ${counting}`, signal))
      counts.push({ namespace: String(record[LINE.namespace] ?? ''), lines: Number(record.lines) });
    return counts;
  }

  async *lines(
    namespace: string,
    span: Span,
    selection: Selection,
    signal: AbortSignal,
  ): AsyncGenerator<LogLine> {
    const inNamespace = `${quoted(LINE.namespace)}:=${quoted(namespace)}`;
    for (const slice of await this.#slices(`${filterOf(span, selection)} ${inNamespace}`, span, signal))
      for await (const record of this.#query(`${filterOf(slice, selection)} ${inNamespace}`, signal)) {
        const { [LINE.namespace]: _, ...others } = record;
        yield this.#read(others);
      }
  }

  /** A stream is unsorted: it is asked for by spans of so few records that those of one time are near each other. */
  async #slices(filter: string, span: Span, signal: AbortSignal): Promise<Span[]> {
    const seconds: { readonly at: number; readonly lines: number }[] = [];
    for await (const record of this.#query(`${filter} | stats by (_time:1s) count() as lines`, signal))
      seconds.push({ at: parseInstant(record._time) ?? span.start, lines: Number(record.lines) });
    return slicesOf(
      span,
      seconds.sort((a, b) => a.at - b.at),
    );
  }

  async *#query(query: string, signal: AbortSignal): AsyncGenerator<Readonly<Record<string, string>>> {
    const { url, credentials, authoritiesFile, timeoutMs } = this.#options;
    const answer = await openStream({
      url: new URL('/select/logsql/query', url),
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: String(new URLSearchParams({ query, timeout: `${Math.ceil(timeoutMs / 1000)}s` })),
      ...{ credentials: credentials?.(), authoritiesFile, timeoutMs, signal },
    });
    for await (const text of streamedLines(answer.body, MAX_RECORD_BYTES)) {
      // A query that cannot be run is answered with a text, some after the status was sent.
      if (answer.status !== 200 || !text.startsWith('{'))
        throw new LogSourceError(`VictoriaLogs answered ${answer.status}: ${text.slice(0, 200)}`);
      yield JSON.parse(text);
    }
    if (answer.status !== 200) throw new LogSourceError(`VictoriaLogs answered ${answer.status}`);
  }
}

/** Records of one query, unless a second alone has more. */
const SLICE_RECORDS = 50_000;

/** The span in parts that begin at whole seconds; together they are all of it, also what arrives while it is read. */
export function slicesOf(
  { start, end }: Span,
  seconds: readonly { readonly at: number; readonly lines: number }[],
): Span[] {
  const begins = [start];
  let records = 0;
  for (const { at, lines } of seconds) {
    if (records > 0 && records + lines > SLICE_RECORDS && at > start) {
      begins.push(at);
      records = 0;
    }
    records += lines;
  }
  return begins.map((begin, index) => ({ start: begin, end: begins[index + 1] ?? end }));
}

/** A LogsQL string. @see https://docs.victoriametrics.com/victorialogs/logsql/#string-literals */
const quoted = (text: string): string => JSON.stringify(text);

/** LogsQL of the records of a span; its end does not belong to it. */
export function filterOf({ start, end }: Span, selection: Selection): string {
  const time = `_time:[${instantText(start)}, ${instantText(end)})`;
  if (selection.kind === 'all') return time;
  const { pattern } = selection;
  const level = `${quoted(LINE.level)}:~${quoted(levelExpression(pattern))}`;
  const words = `(${quoted(LINE.level)}:"" ${LINE.message}:~${quoted(wordExpression(pattern))})`;
  const lines = `(${quoted(EVENT.reason)}:"" (${level} or ${words}))`;
  const events = `(${quoted(EVENT.reason)}:* ${quoted(EVENT.type)}:="Warning")`;
  return `${time} (${lines} or ${events})`;
}
