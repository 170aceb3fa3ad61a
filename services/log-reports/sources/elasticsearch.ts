import { HttpRequestError, parseInstant, request } from '@sluice/runtime';
import * as z from 'zod';
import type { LogLine, Span } from '../../../packages/contracts/log-report.ts';
import { ELASTICSEARCH_STREAMS, logRecords } from '../../../packages/contracts/log-store.ts';
import type { ErrorPattern, Selection } from '../selection.ts';
import { flattened, recordReader } from './record.ts';
import {
  instantText,
  type LogSource,
  LogSourceError,
  type NamespaceCount,
  type SourceOptions,
  shortened,
} from './source.ts';

const { line: LINE, event: EVENT } = logRecords.elasticsearch;
const INDICES = Object.values(ELASTICSEARCH_STREAMS).join(',');
const PAGE_LINES = 500;
const MAX_PAGE_BYTES = 64 * 1024 * 1024;
/** How long a view of the indices is kept between two pages. */
const KEEP_ALIVE = '2m';

const opened = z.object({ id: z.string() });
const hits = z.object({
  timed_out: z.literal(false),
  pit_id: z.string().optional(),
  hits: z.object({
    hits: z.array(z.object({ _source: z.record(z.string(), z.unknown()), sort: z.array(z.unknown()) })),
  }),
});
const buckets = z.object({
  timed_out: z.literal(false),
  aggregations: z.object({
    namespaces: z.object({
      after_key: z.record(z.string(), z.string()).optional(),
      buckets: z.array(z.object({ key: z.object({ namespace: z.string() }), doc_count: z.int() })),
    }),
  }),
});

/**
 * Elasticsearch by pages of search_after over a point in time: a view that later lines do not change.
 * @see https://www.elastic.co/docs/reference/elasticsearch/rest-apis/paginate-search-results
 */
export class Elasticsearch implements LogSource {
  readonly #options: SourceOptions;
  readonly #read = recordReader('elasticsearch');

  constructor(options: SourceOptions) {
    this.#options = options;
  }

  async namespaces(span: Span, selection: Selection, signal: AbortSignal): Promise<NamespaceCount[]> {
    const counts: NamespaceCount[] = [];
    for (let after: Readonly<Record<string, string>> | undefined; ; ) {
      const sources = [{ namespace: { terms: { field: LINE.namespace } } }];
      const composite = { size: 1000, sources, ...(after !== undefined && { after }) };
      const body = { size: 0, query: queryOf(span, selection), aggs: { namespaces: { composite } } };
      const { aggregations } = await this.#ask(
        'POST',
        `/${INDICES}/_search${LENIENT}`,
        body,
        buckets,
        signal,
      );
      const { buckets: found, after_key: next } = aggregations.namespaces;
      counts.push(...found.map(({ key, doc_count: lines }) => ({ namespace: key.namespace, lines })));
      if (next === undefined || found.length === 0) return counts;
      after = next;
    }
  }

  async *lines(
    namespace: string,
    span: Span,
    selection: Selection,
    signal: AbortSignal,
  ): AsyncGenerator<LogLine> {
    const open = `/${INDICES}/_pit?keep_alive=${KEEP_ALIVE}&ignore_unavailable=true`;
    let { id } = await this.#ask('POST', open, undefined, opened, signal);
    try {
      for (let after: readonly unknown[] | undefined; ; ) {
        const page = await this.#page({ id, namespace, span, selection, after }, signal);
        id = page.pit_id ?? id;
        for (const { _source } of page.hits.hits) yield this.#line(_source);
        after = page.hits.hits.at(-1)?.sort;
        if (page.hits.hits.length < PAGE_LINES) return;
      }
    } finally {
      // A view that is not closed costs the store files until its time is over, and no more.
      await this.#ask('DELETE', '/_pit', { id }, z.unknown(), signal).catch(() => undefined);
    }
  }

  #page(
    of: {
      id: string;
      namespace: string;
      span: Span;
      selection: Selection;
      after: readonly unknown[] | undefined;
    },
    signal: AbortSignal,
  ): Promise<z.output<typeof hits>> {
    const body = {
      size: PAGE_LINES,
      query: queryOf(of.span, of.selection, of.namespace),
      pit: { id: of.id, keep_alive: KEEP_ALIVE },
      sort: [{ [LINE.time]: { order: 'asc', format: 'strict_date_optional_time_nanos' } }],
      track_total_hits: false,
      ...(of.after !== undefined && { search_after: of.after }),
    };
    return this.#ask('POST', '/_search', body, hits, signal);
  }

  #line(source: Readonly<Record<string, unknown>>): LogLine {
    const { [LINE.namespace]: _, [LINE.time]: time, ...others } = flattened(source);
    return this.#read({ ...others, [LINE.time]: inUtc(String(time)) });
  }

  async #ask<T extends z.ZodType>(
    method: string,
    path: string,
    body: unknown,
    schema: T,
    signal: AbortSignal,
  ): Promise<z.output<T>> {
    const { url, credentials, authoritiesFile, timeoutMs } = this.#options;
    const answer = await request({
      ...{
        url: new URL(path, url),
        method,
        credentials: credentials?.(),
        authoritiesFile,
        timeoutMs,
        signal,
      },
      ...(body !== undefined && {
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
      maxBytes: MAX_PAGE_BYTES,
    }).catch((error: unknown) => {
      throw error instanceof HttpRequestError ? new LogSourceError(`Elasticsearch: ${error.message}`) : error;
    });
    if (answer.status !== 200)
      throw new LogSourceError(`Elasticsearch answered ${answer.status}: ${shortened(answer.body)}`);
    const parsed = schema.safeParse(JSON.parse(answer.body.toString('utf8')));
    if (!parsed.success)
      throw new LogSourceError(`Elasticsearch answered what is no result of ${path.split('?')[0]}`);
    return parsed.data;
  }
}

/** A stream that does not exist yet holds nothing. */
const LENIENT = '?ignore_unavailable=true';

/** An instant as a document has it, with a zone or without, as RFC 3339 in UTC. */
function inUtc(time: string): string {
  if (time.endsWith('Z')) return time;
  const at = parseInstant(time);
  if (at === undefined) throw new LogSourceError('Elasticsearch answered a record without its instant');
  return instantText(at);
}

/** The query of a span's records. @see https://www.elastic.co/docs/explore-analyze/query-filter/languages/querydsl */
export function queryOf({ start, end }: Span, selection: Selection, namespace?: string): object {
  const range = { range: { [LINE.time]: { gte: instantText(start), lt: instantText(end) } } };
  const term = namespace === undefined ? [] : [{ term: { [LINE.namespace]: namespace } }];
  if (selection.kind === 'all') return { bool: { filter: [range, ...term] } };
  return { bool: { filter: [range, ...term, ...errorsOf(selection.pattern)] } };
}

function errorsOf({ levels, words }: ErrorPattern): object[] {
  const level = levels.map((value) => ({ term: { [LINE.level]: { value, case_insensitive: true } } }));
  // A word may be part of a term: an analyzer keeps `java.lang.NullPointerException` whole.
  const word = words.map((value) => ({
    wildcard: { [LINE.message]: { value: `*${value.replace(/[*?\\]/g, '\\$&')}*`, case_insensitive: true } },
  }));
  const withoutLevel = { bool: { must_not: [{ exists: { field: LINE.level } }], filter: [anyOf(word)] } };
  const isEvent = { exists: { field: EVENT.reason } };
  const lines = { bool: { must_not: [isEvent], filter: [anyOf([...level, withoutLevel])] } };
  const events = { bool: { filter: [isEvent, { term: { [EVENT.type]: 'Warning' } }] } };
  return [anyOf([lines, events])];
}

const anyOf = (should: readonly object[]): object => ({ bool: { should, minimum_should_match: 1 } });
