import { type HttpRequest, parseInstant, request } from '@sluice/runtime';
import {
  doneKey,
  type LogLine,
  objectKey,
  parseDone,
  parseLogLine,
  parseRawHeader,
  type Span,
} from '../../packages/contracts/log-report.ts';
import { logRecords } from '../../packages/contracts/log-store.ts';
import type { ObjectStore } from './object-store.ts';
import { type NamespaceRule, takesNamespace } from './selection.ts';
import { type LogSource, LogSourceError, shortened } from './sources/source.ts';
import { type WindowRule, windowsOf } from './windows.ts';

/** Takes lines; a batch that it refuses is not in it. */
export interface LogSink {
  write(namespace: string, lines: readonly LogLine[], signal: AbortSignal): Promise<void>;
}

/** What is brought back from where to where. */
export interface Restoration {
  readonly objects: ObjectStore;
  readonly sink: LogSink;
  /** The same store as it is read: one that has lines of the span would have them twice. */
  readonly target: Pick<LogSource, 'namespaces'>;
  readonly span: Span;
  readonly namespaces: NamespaceRule;
  readonly rule: Pick<WindowRule, 'windowMs'>;
}

/** What was brought back, and what the archive does not hold. */
export interface Restored {
  readonly lines: number;
  /** Hours of the span that no run has archived. */
  readonly missing: readonly Span[];
}

/** A restoration that cannot be. */
export class RestoreError extends Error {
  override readonly name = 'RestoreError';
}

const BATCH_LINES = 2000;
const BATCH_CHARACTERS = 2 * 1024 * 1024;

/**
 * Writes the archived lines of a span into a store.
 * @throws RestoreError before anything is written where the store has lines of the span already
 */
export async function restore(restoration: Restoration, signal: AbortSignal): Promise<Restored> {
  const { objects, span, namespaces, rule } = restoration;
  await refuseDoubles(restoration, signal);
  let lines = 0;
  const missing: Span[] = [];
  for (const window of windowsOf(span, rule)) {
    const archived = await namespacesOf(objects, window, signal);
    if (archived === undefined) missing.push(window);
    for (const namespace of (archived ?? []).filter((name) => takesNamespace(namespaces, name)))
      lines += await restoreObject(restoration, namespace, window, signal);
  }
  return { lines, missing };
}

async function refuseDoubles({ target, span, namespaces }: Restoration, signal: AbortSignal): Promise<void> {
  const found = await target.namespaces(span, { kind: 'all' }, signal);
  const doubled = found.filter(({ namespace, lines }) => lines > 0 && takesNamespace(namespaces, namespace));
  if (doubled.length === 0) return;
  const shown = doubled.map(({ namespace, lines }) => `'${namespace}' (${lines})`).join(', ');
  throw new RestoreError(`the store must hold no lines of the span, or they would be there twice: ${shown}`);
}

/** Undefined: the hour is not archived. */
async function namespacesOf(
  objects: ObjectStore,
  { start }: Span,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const key = doneKey('archive', start);
  if (!(await objects.exists(key, signal))) return undefined;
  return Object.keys(parseDone(await objects.getText(key, signal)).namespaces);
}

async function restoreObject(
  { objects, sink, span }: Restoration,
  namespace: string,
  { start }: Span,
  signal: AbortSignal,
): Promise<number> {
  let lines = 0;
  let batch: LogLine[] = [];
  let characters = 0;
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await sink.write(namespace, batch, signal);
    lines += batch.length;
    batch = [];
    characters = 0;
  };
  let header = true;
  for await (const text of objects.getLines(objectKey('archive', { namespace, start }), signal)) {
    if (header) parseRawHeader(text);
    else if (isWithin(span, parseLogLine(text).time)) {
      batch.push(parseLogLine(text));
      characters += text.length;
    }
    header = false;
    if (batch.length >= BATCH_LINES || characters >= BATCH_CHARACTERS) await flush();
  }
  await flush();
  return lines;
}

/** Milliseconds are as fine as a span is. */
function isWithin({ start, end }: Span, time: string): boolean {
  const at = parseInstant(time) ?? Number.NaN;
  return at >= start && at < end;
}

const { line: LINE, event: EVENT, index: INDEX } = logRecords['victoria-logs'];

/** How a store is reached. */
type SinkOptions = Pick<HttpRequest, 'authoritiesFile' | 'credentials' | 'timeoutMs'> & {
  readonly url: string;
};

/**
 * VictoriaLogs, by lines of JSON with the fields that its agents write.
 * @see https://docs.victoriametrics.com/victorialogs/data-ingestion/#json-stream-api
 */
export class VictoriaLogsSink implements LogSink {
  readonly #options: SinkOptions;

  constructor(options: SinkOptions) {
    this.#options = options;
  }

  async write(namespace: string, lines: readonly LogLine[], signal: AbortSignal): Promise<void> {
    const url = new URL('/insert/jsonline', this.#options.url);
    url.search = String(
      new URLSearchParams({
        _stream_fields: INDEX.join(','),
        _time_field: LINE.time,
        _msg_field: LINE.message,
      }),
    );
    const body = lines.map((line) => JSON.stringify(recordOf(namespace, line))).join('\n');
    const headers = { 'content-type': 'application/stream+json' };
    const answer = await request({ ...this.#options, url, method: 'POST', headers, body, signal });
    if (answer.status !== 200 && answer.status !== 204)
      throw new LogSourceError(`VictoriaLogs answered ${answer.status}: ${shortened(answer.body)}`);
  }
}

/** The record that a line was made of: what the reader of records does, the other way round. */
export function recordOf(namespace: string, line: LogLine): Record<string, string> {
  const { reason, type, object, ...others } = line.fields ?? {};
  const facts =
    line.kind === 'event'
      ? { [EVENT.reason]: reason, [EVENT.type]: type, [EVENT.kind]: object, [EVENT.name]: line.pod }
      : {
          ...(reason !== undefined && { reason }),
          ...(type !== undefined && { type }),
          object,
          [LINE.pod]: line.pod,
        };
  const record = {
    ...others,
    ...facts,
    ...{ [LINE.time]: line.time, [LINE.message]: line.message, [LINE.namespace]: namespace },
    ...{ [LINE.container]: line.container, [LINE.stream]: line.stream, [LINE.level]: line.level },
  };
  return Object.fromEntries(
    Object.entries(record).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
    ),
  );
}
