import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { LogLine } from '../../../packages/contracts/log-report.ts';
import type { Selection } from '../selection.ts';
import { Elasticsearch } from './elasticsearch.ts';
import { Loki } from './loki.ts';
import type { LogSource } from './source.ts';

/**
 * Neither Loki nor Elasticsearch runs here: a server on loopback answers as their reference pages show it. Its
 * addresses are in each `describe`.
 */
let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  if (server?.listening) await once(server.close(), 'close');
});

interface Asked {
  readonly method: string;
  readonly url: URL;
  readonly body: Readonly<Record<string, unknown>>;
}

async function answering(answer: (asked: Asked) => [status: number, body: unknown]): Promise<string> {
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const url = new URL(request.url ?? '', 'http://store');
    const [status, document] = answer({ method: request.method ?? '', url, body: JSON.parse(body || '{}') });
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(document));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const signal = new AbortController().signal;
const start = Date.parse('2026-11-29T15:10:00Z');
const span = { start, end: start + 600_000 };
const errors: Selection = { kind: 'errors', pattern: { levels: ['error'], words: ['panic'] } };

async function linesOf(source: LogSource, selection: Selection = { kind: 'all' }): Promise<LogLine[]> {
  const all: LogLine[] = [];
  for await (const line of source.lines('consumer', span, selection, signal)) all.push(line);
  return all;
}

/** @see https://grafana.com/docs/loki/latest/reference/loki-http-api/ */
describe('Loki', () => {
  const success = (data: unknown): [number, unknown] => [200, { status: 'success', data }];

  /** Entries in two streams, of which it gives at most so many at once, the earliest first. */
  function holding(instants: readonly bigint[], most = 5000) {
    const asked: Asked[] = [];
    const answer = (request: Asked): [number, unknown] => {
      asked.push(request);
      const value = (name: string) => request.url.searchParams.get(name) ?? '';
      const within = instants
        .map((at, index) => ({ at, index }))
        .filter(({ at }) => at >= BigInt(value('start')) && at < BigInt(value('end')));
      const page = within.slice(0, Math.min(most, Number(value('limit'))));
      const result = [...Map.groupBy(page, ({ index }) => index % 2)].map(([of, entries]) => ({
        stream: {
          k8s_namespace_name: 'consumer',
          k8s_container_name: 'main',
          k8s_pod_name: `consumer-${of}`,
          level: 'error',
        },
        values: entries.map(({ at, index }) => [String(at), `line ${index}`]),
      }));
      return success({ resultType: 'streams', result, stats: {} });
    };
    return { asked, answer };
  }

  const sourceOf = async (answer: (asked: Asked) => [number, unknown]) =>
    new Loki({ url: await answering(answer), timeoutMs: 20_000 });

  it('gives each line once, also where lines of one nanosecond lie on two pages', async () => {
    const first = BigInt(start) * 1_000_000n;
    const instants = Array.from({ length: 2500 }, (_, index) => first + BigInt(Math.floor(index / 7)));
    const { answer, asked } = holding(instants);
    const lines = await linesOf(await sourceOf(answer));
    expect(lines.map(({ message }) => message).toSorted()).toEqual(
      instants.map((_, index) => `line ${index}`).toSorted(),
    );
    expect(
      asked.map(({ url }) => [
        url.pathname,
        url.searchParams.get('direction'),
        url.searchParams.get('limit'),
      ]),
    ).toEqual(Array(3).fill(['/loki/api/v1/query_range', 'forward', '1000']));
    expect(lines[0]).toEqual({
      ...{ kind: 'line', time: '2026-11-29T15:10:00.000000000Z', pod: 'consumer-0', container: 'main' },
      ...{ stream: '', level: 'error', message: 'line 0' },
    });
  });

  it('takes a longer page for more than a page of one nanosecond, and refuses what no page holds', async () => {
    const first = BigInt(start) * 1_000_000n;
    const some = holding(Array(1500).fill(first));
    expect(await linesOf(await sourceOf(some.answer))).toHaveLength(1500);
    await once((server as Server).close(), 'close');
    const more = holding(Array(6000).fill(first));
    await expect(linesOf(await sourceOf(more.answer))).rejects.toThrow(
      'Loki holds 5000 lines or more of one nanosecond',
    );
  });

  it('is asked for lines with a level, for lines without and for events, which exclude each other', async () => {
    const { answer, asked } = holding([]);
    await linesOf(await sourceOf(answer), errors);
    expect(asked.map(({ url }) => url.searchParams.get('query'))).toEqual([
      '{k8s_namespace_name="consumer"} | k8s_event_reason="" | level=~"(?i)^(error)$"',
      '{k8s_namespace_name="consumer"} |~ "(?i)(panic)" | k8s_event_reason="" | level=""',
      '{k8s_namespace_name="consumer"} | k8s_event_reason!="" | k8s_event_type="Warning"',
    ]);
  });

  it('counts the lines of each namespace in exactly the span', async () => {
    const asked: Asked[] = [];
    const source = await sourceOf((request) => {
      asked.push(request);
      const result = [{ metric: { k8s_namespace_name: 'consumer' }, value: [1764429600, '7'] }];
      return success({ resultType: 'vector', result });
    });
    expect(await source.namespaces(span, { kind: 'all' }, signal)).toEqual([
      { namespace: 'consumer', lines: 7 },
    ]);
    const { searchParams } = asked[0]?.url ?? new URL('http://none');
    expect(searchParams.get('query')).toBe(
      'sum by (k8s_namespace_name) (count_over_time({k8s_namespace_name=~".+"} [600s]))',
    );
    expect(searchParams.get('time')).toBe(`${span.end - 1}999999`);
  });

  it.each([
    [400, 'parse error at line 1, col 2', 'Loki answered 400: "parse error at line 1, col 2"'],
    [
      200,
      { status: 'success', data: { resultType: 'matrix', result: [] } },
      'Loki answered what is no result of /loki/api/v1/query_range',
    ],
  ] as const)('that answers %i with what is no result fails', async (status, body, message) => {
    await expect(linesOf(await sourceOf(() => [status, body]))).rejects.toThrow(message);
  });
});

/** @see https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-search */
describe('Elasticsearch', () => {
  const sourceOf = async (answer: (asked: Asked) => [number, unknown]) =>
    new Elasticsearch({
      ...{ url: await answering(answer), timeoutMs: 20_000 },
      credentials: () => ({ username: 'reader', password: 'sesame' }),
    });

  it('gives each line once, page after page of one point in time, which it closes', async () => {
    const asked: Asked[] = [];
    const source = await sourceOf((request) => {
      asked.push(request);
      if (request.url.pathname.endsWith('/_pit'))
        return [200, { id: 'view-1', succeeded: true, num_freed: 1 }];
      const from = Number((request.body.search_after as number[] | undefined)?.[1] ?? 0);
      const hits = Array.from({ length: Math.min(500, 1200 - from) }, (_, index) => ({
        _source: {
          '@timestamp': '2026-11-29T15:10:00.5Z',
          kubernetes: { namespace_name: 'consumer', pod_name: 'consumer-1', container_name: 'main' },
          ...{ message: `line ${from + index}`, level: 'error', stream: 'stderr', http: { status: 500 } },
        },
        sort: ['2026-11-29T15:10:00.500Z', from + index + 1],
      }));
      return [200, { took: 3, timed_out: false, pit_id: 'view-2', hits: { hits } }];
    });
    const lines = await linesOf(source);
    expect(new Set(lines.map(({ message }) => message)).size).toBe(1200);
    expect(lines[0]).toEqual({
      ...{ kind: 'line', time: '2026-11-29T15:10:00.5Z', pod: 'consumer-1', container: 'main' },
      ...{ stream: 'stderr', level: 'error', message: 'line 0', fields: { 'http.status': '500' } },
    });
    expect(asked.map(({ method, url }) => `${method} ${url.pathname}`)).toEqual([
      'POST /logs-pods-default,logs-events-default/_pit',
      ...Array(3).fill('POST /_search'),
      'DELETE /_pit',
    ]);
    expect(asked.slice(1, 4).map(({ body }) => [(body.pit as { id: string }).id, body.search_after])).toEqual(
      [
        ['view-1', undefined],
        ['view-2', ['2026-11-29T15:10:00.500Z', 500]],
        ['view-2', ['2026-11-29T15:10:00.500Z', 1000]],
      ],
    );
  });

  it('counts the lines of more namespaces than a page holds', async () => {
    const source = await sourceOf(({ body }) => {
      const { composite } = (body.aggs as { namespaces: { composite: { after?: object } } }).namespaces;
      const buckets = composite.after === undefined ? [{ key: { namespace: 'api' }, doc_count: 2 }] : [];
      const namespaces = {
        buckets,
        ...(composite.after === undefined && { after_key: { namespace: 'api' } }),
      };
      return [200, { took: 1, timed_out: false, hits: { hits: [] }, aggregations: { namespaces } }];
    });
    expect(await source.namespaces(span, errors, signal)).toEqual([{ namespace: 'api', lines: 2 }]);
  });

  it('that gave up on a part of the search fails, and so does one that refuses', async () => {
    const late = await sourceOf(({ url }) =>
      url.pathname.endsWith('/_pit') ? [200, { id: 'view' }] : [200, { timed_out: true, hits: { hits: [] } }],
    );
    await expect(linesOf(late)).rejects.toThrow('Elasticsearch answered what is no result of /_search');
    await once((server as Server).close(), 'close');
    const refusing = await sourceOf(() => [403, { error: { type: 'security_exception' } }]);
    await expect(linesOf(refusing, errors)).rejects.toThrow('Elasticsearch answered 403: {"error":');
  });
});
