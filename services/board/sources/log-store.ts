import { type Credentials, instantOf, request } from '@sluice/runtime';
import * as z from 'zod';
import {
  ELASTICSEARCH_STREAMS,
  type LogFields,
  type LogStoreKind,
  logRecords,
} from '../../../packages/contracts/log-store.ts';

/** Where a log store answers, and how it is asked. */
export interface LogStoreOptions {
  readonly url: string;
  readonly credentials: (() => Credentials) | undefined;
  readonly authoritiesFile: string | undefined;
}

/** What is asked of a log store: nothing else becomes a query. */
export interface RecordQuery {
  /** Every namespace where it is empty. */
  readonly namespace: string;
  /** Part of a line, in any case; every line where it is empty. */
  readonly text: string;
  /** Fields that a record has: keys of a line of JSON. @default none in particular */
  readonly fields?: readonly string[];
  readonly from: Date;
  /** The first instant behind the span. */
  readonly to: Date;
  /** Records that are answered: of more, the newest. */
  readonly most: number;
}

/** A record as its store has it. */
export type LogRecord = Readonly<Record<string, unknown>>;

const TIMEOUT_MS = 10_000;

/** A request of one store, and how its answer is read. */
interface Dialect {
  readonly request: (query: RecordQuery) => Asked;
  readonly records: (body: string) => readonly LogRecord[];
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
  request: ({ namespace, text, fields = [], from, to, most }) => {
    const { line } = logRecords['victoria-logs'];
    const filters = [
      `_time:[${from.toISOString()}, ${to.toISOString()})`,
      ...(namespace === '' ? [] : [`${JSON.stringify(line.namespace)}:=${JSON.stringify(namespace)}`]),
      ...(text === '' ? [] : [`${line.message}:~${JSON.stringify(literally(text))}`]),
      ...fields.map((name) => `${JSON.stringify(name)}:*`),
    ];
    const query = `${filters.join(' ')} | sort by (_time) desc | limit ${most}`;
    return { path: '/select/logsql/query', form: { query, timeout: `${TIMEOUT_MS / 1000}s` } };
  },
  records: (body) =>
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
  request: ({ namespace, text, fields = [], from, to, most }) => {
    const { line } = logRecords.loki;
    const matcher = namespace === '' ? `=~".+"` : `=${JSON.stringify(namespace)}`;
    const filter = text === '' ? '' : ` |~ ${JSON.stringify(literally(text))}`;
    const present = fields.map((name) => ` | ${name} != ""`).join('');
    return {
      path: '/loki/api/v1/query_range',
      query: {
        ...{
          query: `{${line.namespace}${matcher}}${filter}${present}`,
          limit: String(most),
          direction: 'backward',
        },
        ...{ start: `${from.getTime()}000000`, end: `${to.getTime()}000000` },
      },
    };
  },
  records: (body) =>
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
  request: ({ namespace, text, fields = [], from, to, most }) => {
    const { line } = logRecords.elasticsearch;
    const filter = [
      { range: { [line.time]: { gte: from.toISOString(), lt: to.toISOString() } } },
      ...(namespace === '' ? [] : [{ term: { [line.namespace]: namespace } }]),
      ...(text === '' ? [] : [{ match_phrase: { [line.message]: text } }]),
      ...fields.map((field) => ({ exists: { field } })),
    ];
    const sort = [{ [line.time]: 'desc' }];
    return {
      path: `/${ELASTICSEARCH_STREAMS.lines}/_search`,
      json: { size: most, sort, query: { bool: { filter } } },
    };
  },
  records: (body) => elasticAnswer.parse(JSON.parse(body)).hits.hits.map(({ _source }) => _source),
};

const dialects: Readonly<Record<LogStoreKind, Dialect>> = {
  'victoria-logs': victoriaLogs,
  loki,
  elasticsearch,
};

/** A field by its name as text, nested ones by their dots; empty where there is none. */
export function field(record: LogRecord, name: string): string {
  const value = record[name] ?? name.split('.').reduce<unknown>((inner, key) => Object(inner)[key], record);
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/** A log store of an environment, which is asked by namespace, text, fields and time, and by no other query. */
export class LogStore {
  /** What it calls the parts of a line. */
  readonly line: LogFields;
  readonly #kind: LogStoreKind;
  readonly #options: LogStoreOptions;

  constructor(kind: LogStoreKind, options: LogStoreOptions) {
    this.line = logRecords[kind].line;
    this.#kind = kind;
    this.#options = options;
  }

  /** In no order. @throws Error whatever the reason; its message has no line in it */
  async records(query: RecordQuery, signal: AbortSignal): Promise<readonly LogRecord[]> {
    const { url: base, credentials, authoritiesFile } = this.#options;
    const dialect = dialects[this.#kind];
    const { path, query: search = {}, form, json } = dialect.request(query);
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
    return dialect.records(answer.toString());
  }
}
