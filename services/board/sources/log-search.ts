import { type Credentials, instantOf, request } from '@sluice/runtime';
import * as z from 'zod';
import {
  ELASTICSEARCH_STREAMS,
  type LogStoreKind,
  logRecords,
} from '../../../packages/contracts/log-store.ts';

/** What is looked for; both may be empty. */
export interface LogQuery {
  readonly namespace: string;
  /** Part of a line, in any case. */
  readonly text: string;
}

/** A line as it is shown. */
export interface FoundLine {
  /** RFC 3339. */
  readonly time: string;
  readonly namespace: string;
  readonly pod: string;
  readonly level: string;
  readonly message: string;
}

/** Where a log store answers, and how it is asked. */
export interface LogStoreOptions {
  readonly url: string;
  readonly credentials: (() => Credentials) | undefined;
  readonly authoritiesFile: string | undefined;
}

/** Lines that a search gives: of more, the newest. */
export const MOST_LINES = 200;
/** How far a search looks back. */
const SPAN_MS = 60 * 60_000;
const TIMEOUT_MS = 10_000;
const MOST_MESSAGE = 2000;

/** A request of one store, and how its answer is read. */
interface Dialect {
  readonly request: (query: LogQuery, from: Date, to: Date) => Asked;
  readonly lines: (body: string) => readonly Record<string, unknown>[];
}

interface Asked {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: object;
}

/** Text as a regular expression of exactly that text, in any case. */
const literally = (text: string): string => `(?i)${text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')}`;

const victoriaLogs: Dialect = {
  request: ({ namespace, text }, from, to) => {
    const { line } = logRecords['victoria-logs'];
    const filters = [
      `_time:[${from.toISOString()}, ${to.toISOString()})`,
      ...(namespace === '' ? [] : [`${JSON.stringify(line.namespace)}:=${JSON.stringify(namespace)}`]),
      ...(text === '' ? [] : [`${line.message}:~${JSON.stringify(literally(text))}`]),
    ];
    const query = `${filters.join(' ')} | sort by (_time) desc | limit ${MOST_LINES}`;
    return { path: '/select/logsql/query', form: { query, timeout: `${TIMEOUT_MS / 1000}s` } };
  },
  lines: (body) =>
    body
      .split('\n')
      .filter((row) => row.startsWith('{'))
      .map((row) => z.record(z.string(), z.unknown()).parse(JSON.parse(row))),
};

const lokiAnswer = z.object({
  data: z.object({
    result: z.array(
      z.object({
        stream: z.record(z.string(), z.string()),
        values: z.array(z.tuple([z.string(), z.string()]).rest(z.unknown())),
      }),
    ),
  }),
});

/** Epoch nanoseconds as RFC 3339; empty for what is no instant. */
function timeOf(nanoseconds: string): string {
  const at = instantOf(nanoseconds, Date.now(), Number.POSITIVE_INFINITY);
  return at === undefined ? '' : new Date(at).toISOString();
}

const loki: Dialect = {
  request: ({ namespace, text }, from, to) => {
    const { line } = logRecords.loki;
    const matcher = namespace === '' ? `=~".+"` : `=${JSON.stringify(namespace)}`;
    const filter = text === '' ? '' : ` |~ ${JSON.stringify(literally(text))}`;
    return {
      path: '/loki/api/v1/query_range',
      query: {
        ...{
          query: `{${line.namespace}${matcher}}${filter}`,
          limit: String(MOST_LINES),
          direction: 'backward',
        },
        ...{ start: `${from.getTime()}000000`, end: `${to.getTime()}000000` },
      },
    };
  },
  lines: (body) =>
    lokiAnswer.parse(JSON.parse(body)).data.result.flatMap(({ stream, values }) =>
      values.map(([nanoseconds, text]) => ({
        ...stream,
        timestamp: timeOf(nanoseconds),
        line: text,
      })),
    ),
};

const elasticAnswer = z.object({
  hits: z.object({ hits: z.array(z.object({ _source: z.record(z.string(), z.unknown()) })) }),
});

const elasticsearch: Dialect = {
  request: ({ namespace, text }, from, to) => {
    const { line } = logRecords.elasticsearch;
    const filter = [
      { range: { [line.time]: { gte: from.toISOString(), lt: to.toISOString() } } },
      ...(namespace === '' ? [] : [{ term: { [line.namespace]: namespace } }]),
      ...(text === '' ? [] : [{ match_phrase: { [line.message]: text } }]),
    ];
    const sort = [{ [line.time]: 'desc' }];
    return {
      path: `/${ELASTICSEARCH_STREAMS.lines}/_search`,
      json: { size: MOST_LINES, sort, query: { bool: { filter } } },
    };
  },
  lines: (body) => elasticAnswer.parse(JSON.parse(body)).hits.hits.map(({ _source }) => _source),
};

const dialects: Readonly<Record<LogStoreKind, Dialect>> = {
  'victoria-logs': victoriaLogs,
  loki,
  elasticsearch,
};

/** A field by its name, nested ones by their dots. */
function field(record: Readonly<Record<string, unknown>>, name: string): string {
  const value = record[name] ?? name.split('.').reduce<unknown>((inner, key) => Object(inner)[key], record);
  return typeof value === 'string' ? value : '';
}

/** The newest lines of an environment's log store within the last hour: by namespace and text, and no other query. */
export class LogSearch {
  readonly #kind: LogStoreKind;
  readonly #options: LogStoreOptions;

  constructor(kind: LogStoreKind, options: LogStoreOptions) {
    this.#kind = kind;
    this.#options = options;
  }

  /** At most 200 lines, the newest first. @throws Error whatever the reason; its message has no line in it */
  async search(query: LogQuery, now: number, signal: AbortSignal): Promise<readonly FoundLine[]> {
    const { url: base, credentials, authoritiesFile } = this.#options;
    const dialect = dialects[this.#kind];
    const {
      path,
      query: search = {},
      form,
      json,
    } = dialect.request(query, new Date(now - SPAN_MS), new Date(now));
    const url = new URL(path, base);
    url.search = String(new URLSearchParams(search));
    const body = form === undefined ? json && JSON.stringify(json) : String(new URLSearchParams(form));
    const { status, body: answer } = await request({
      ...{ url, timeoutMs: TIMEOUT_MS, signal, authoritiesFile, credentials: credentials?.() },
      ...(body !== undefined && {
        ...{ method: 'POST', body },
        headers: {
          'content-type': form === undefined ? 'application/json' : 'application/x-www-form-urlencoded',
        },
      }),
    });
    if (status !== 200) throw new Error(`${url.origin}${path} answers ${status}`);
    return this.#shown(dialect.lines(answer.toString()));
  }

  #shown(records: readonly Record<string, unknown>[]): FoundLine[] {
    const { line } = logRecords[this.#kind];
    return records
      .map((record) => ({
        ...{ time: field(record, line.time), namespace: field(record, line.namespace) },
        ...{ pod: field(record, line.pod), level: field(record, line.level) },
        message: field(record, line.message).slice(0, MOST_MESSAGE),
      }))
      .sort((a, b) => (a.time < b.time ? 1 : -1))
      .slice(0, MOST_LINES);
  }
}
