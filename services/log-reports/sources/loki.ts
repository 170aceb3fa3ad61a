import { HttpRequestError, request } from '@sluice/runtime';
import * as z from 'zod';
import type { LogLine, Span } from '../../../packages/contracts/log-report.ts';
import { logRecords } from '../../../packages/contracts/log-store.ts';
import { levelExpression, type Selection, wordExpression } from '../selection.ts';
import { recordReader } from './record.ts';
import {
  type LogSource,
  LogSourceError,
  type NamespaceCount,
  nanosecondsText,
  type SourceOptions,
  shortened,
} from './source.ts';

const { line: LINE, event: EVENT } = logRecords.loki;

/** Lines of a page; Loki's own bound is 5,000 (`max_entries_limit_per_query`). */
const PAGE_LINES = 1000;
const MOST_PAGE_LINES = 5000;
const MAX_PAGE_BYTES = 32 * 1024 * 1024;

const answerOf = <T extends z.ZodType>(data: T) => z.object({ status: z.literal('success'), data });

/** @see https://grafana.com/docs/loki/latest/reference/loki-http-api/#query-logs-within-a-range-of-time */
const streams = answerOf(
  z.object({
    resultType: z.literal('streams'),
    result: z.array(
      z.object({
        stream: z.record(z.string(), z.string()),
        values: z.array(z.tuple([z.string().regex(/^\d+$/), z.string()], z.unknown())),
      }),
    ),
  }),
);

const vector = answerOf(
  z.object({
    resultType: z.literal('vector'),
    result: z.array(
      z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) }),
    ),
  }),
);

interface Entry {
  /** Epoch nanoseconds. */
  readonly at: bigint;
  readonly line: LogLine;
}

/**
 * Loki by pages of query_range in the order of time: the next page begins at the last instant of this one, whose
 * lines are left to it, so that lines of one instant are neither lost nor doubled between two pages.
 */
export class Loki implements LogSource {
  readonly #options: SourceOptions;
  readonly #read = recordReader('loki');

  constructor(options: SourceOptions) {
    this.#options = options;
  }

  async namespaces(
    { start, end }: Span,
    selection: Selection,
    signal: AbortSignal,
  ): Promise<NamespaceCount[]> {
    const seconds = Math.round((end - start) / 1000);
    const counts = new Map<string, number>();
    for (const filter of filtersOf(selection)) {
      const query = `sum by (${LINE.namespace}) (count_over_time({${LINE.namespace}=~".+"}${filter} [${seconds}s]))`;
      // A range ends with its instant and begins after its start: one nanosecond earlier is the span itself.
      const time = String(BigInt(end) * 1_000_000n - 1n);
      const { data } = await this.#get('/loki/api/v1/query', { query, time }, vector, signal);
      for (const { metric, value } of data.result) {
        const namespace = metric[LINE.namespace] ?? '';
        counts.set(namespace, (counts.get(namespace) ?? 0) + Number(value[1]));
      }
    }
    return [...counts].map(([namespace, lines]) => ({ namespace, lines }));
  }

  async *lines(
    namespace: string,
    span: Span,
    selection: Selection,
    signal: AbortSignal,
  ): AsyncGenerator<LogLine> {
    // The filters exclude each other, so no line comes twice.
    for (const filter of filtersOf(selection))
      yield* this.#pages(`{${LINE.namespace}=${JSON.stringify(namespace)}}${filter}`, span, signal);
  }

  async *#pages(query: string, span: Span, signal: AbortSignal): AsyncGenerator<LogLine> {
    const end = BigInt(span.end) * 1_000_000n;
    let start = BigInt(span.start) * 1_000_000n;
    let limit = PAGE_LINES;
    for (;;) {
      const page = await this.#page(query, start, end, limit, signal);
      if (page.length < limit) return yield* page.map(({ line }) => line);
      const last = page.at(-1)?.at ?? end;
      const complete = page.filter(({ at }) => at < last);
      yield* complete.map(({ line }) => line);
      if (complete.length > 0) limit = PAGE_LINES;
      else if (limit < MOST_PAGE_LINES) limit = MOST_PAGE_LINES;
      else throw new LogSourceError(`Loki holds ${MOST_PAGE_LINES} lines or more of one nanosecond`);
      start = last;
    }
  }

  async #page(
    query: string,
    start: bigint,
    end: bigint,
    limit: number,
    signal: AbortSignal,
  ): Promise<Entry[]> {
    const range = {
      query,
      start: String(start),
      end: String(end),
      limit: String(limit),
      direction: 'forward',
    };
    const { data } = await this.#get('/loki/api/v1/query_range', range, streams, signal);
    return data.result
      .flatMap(({ stream, values }) => values.map(([at, text]) => this.#entry(stream, at, text)))
      .sort((left, right) => (left.at < right.at ? -1 : left.at > right.at ? 1 : 0));
  }

  #entry(stream: Readonly<Record<string, string>>, at: string, text: string): Entry {
    const { [LINE.namespace]: _, ...labels } = stream;
    const record = { ...labels, [LINE.time]: nanosecondsText(at), [LINE.message]: text };
    return { at: BigInt(at), line: this.#read(record) };
  }

  async #get<T extends z.ZodType>(
    path: string,
    parameters: Readonly<Record<string, string>>,
    schema: T,
    signal: AbortSignal,
  ): Promise<z.output<T>> {
    const { url, credentials, authoritiesFile, timeoutMs } = this.#options;
    const target = new URL(path, url);
    target.search = String(new URLSearchParams(parameters));
    const { status, body } = await request({
      ...{ url: target, credentials: credentials?.(), authoritiesFile, timeoutMs, signal },
      maxBytes: MAX_PAGE_BYTES,
    }).catch((error: unknown) => {
      throw error instanceof HttpRequestError ? new LogSourceError(`Loki: ${error.message}`) : error;
    });
    if (status !== 200) throw new LogSourceError(`Loki answered ${status}: ${shortened(body)}`);
    const answer = schema.safeParse(JSON.parse(body.toString('utf8')));
    if (!answer.success) throw new LogSourceError(`Loki answered what is no result of ${path}`);
    return answer.data;
  }
}

/** LogQL filters, of which no two take one line. Loki keeps lines of both: those with a level, and those without. */
export function filtersOf(selection: Selection): readonly string[] {
  if (selection.kind === 'all') return [''];
  const { pattern } = selection;
  const line = `| ${EVENT.reason}=""`;
  return [
    ` ${line} | ${LINE.level}=~${JSON.stringify(levelExpression(pattern))}`,
    ` |~ ${JSON.stringify(wordExpression(pattern))} ${line} | ${LINE.level}=""`,
    ` | ${EVENT.reason}!="" | ${EVENT.type}="Warning"`,
  ];
}
