import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parser } from '@grafana/lezer-logql';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { DecisionLines } from './decision-lines.ts';
import { LogSearch, MOST_LINES } from './lines.ts';
import { LogStore } from './log-store.ts';

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  if (server?.listening) await once(server.close(), 'close');
});

/** A store that answers as it is told, and what it was asked. */
async function store(answer: unknown, status = 200) {
  const asked: URL[] = [];
  server = createServer((request, response) => {
    asked.push(new URL(request.url ?? '', 'http://store'));
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new LogStore('loki', { url, credentials: undefined, authoritiesFile: undefined });
  return { asked, search: new LogSearch(client), decisions: new DecisionLines(client, 'scaler') };
}

const signal = new AbortController().signal;
const NOW = Date.parse('2026-11-29T15:10:00Z');

/** As its reference page shows an answer. @see https://grafana.com/docs/loki/latest/reference/loki-http-api/ */
const streams = (values: readonly (readonly [string, string, ...unknown[]])[]) => ({
  status: 'success',
  data: {
    resultType: 'streams',
    result: [
      {
        stream: { k8s_namespace_name: 'consumer', k8s_pod_name: 'consumer-1', detected_level: 'error' },
        values,
      },
    ],
    stats: { ingester: { totalReached: 1 }, summary: { execTime: 0.001 } },
  },
});

/** Loki does not run here: a server on loopback answers as its reference page shows it. */
describe('a search in Loki', () => {
  it('asks for the last hour, backwards and bounded, and shows entries with the labels of their streams', async () => {
    const { asked, search } = await store(
      streams([
        ['1795965000000000001', 'older'],
        ['1795965060000000002', 'newer', { structuredMetadata: { trace: 'a' } }],
      ]),
    );
    const lines = await search.search({ namespace: 'consumer', text: '' }, NOW, signal);
    expect(lines.map(({ message, namespace, pod }) => [message, namespace, pod])).toEqual([
      ['newer', 'consumer', 'consumer-1'],
      ['older', 'consumer', 'consumer-1'],
    ]);
    expect(lines[0]?.time).toBe(new Date(1_795_965_060_000).toISOString());
    expect(asked[0]?.pathname).toBe('/loki/api/v1/query_range');
    expect(Object.fromEntries(asked[0]?.searchParams ?? [])).toEqual({
      ...{ query: '{k8s_namespace_name="consumer"}', limit: String(MOST_LINES), direction: 'backward' },
      ...{ start: `${NOW - 3_600_000}000000`, end: `${NOW}000000` },
    });
  });

  it('sends one selector and at most one filter, whatever is typed', async () => {
    const { asked, search } = await store(streams([]));
    const text = fc.string({ unit: 'grapheme', maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(text, text, async (namespace, typed) => {
        await search.search({ namespace, text: typed }, NOW, signal);
        const query = asked.at(-1)?.searchParams.get('query') ?? '';
        const names: string[] = [];
        parser.parse(query).iterate({ enter: ({ name, type }) => void (type.isError || names.push(name)) });
        const count = (wanted: string) => names.filter((name) => name === wanted).length;
        expect([query, count('Selector'), count('LineFilter')]).toEqual([query, 1, typed === '' ? 0 : 1]);
        expect(count('PipelineStage')).toBe(typed === '' ? 0 : 1);
      }),
      { numRuns: 60 },
    );
  });

  it('fails with the status and no text of the store', async () => {
    const { search } = await store({ error: 'secret of the store' }, 500);
    await expect(search.search({ namespace: '', text: '' }, NOW, signal)).rejects.toThrow(
      /^http:\/\/127\.0\.0\.1:\d+\/loki\/api\/v1\/query_range answers 500$/,
    );
  });
});

/** An entry of Loki with what structured metadata a decision of the scaler has. */
const decisionStream = (at: number, more: Readonly<Record<string, string>> = {}) => ({
  stream: {
    ...{ k8s_namespace_name: 'scaler', k8s_pod_name: 'scaler-1', workload: 'jobs' },
    ...{ current: '0', replicas: '25', reason: 'BacklogReachedMark', ...more },
  },
  values: [[`${at}000000`, 'opening to 25 replicas']],
});

describe('decisions in a log store', () => {
  const told = { workload: 'jobs', from: 0, to: 25, reason: 'BacklogReachedMark' };

  it('are those of the last day at first, then what is new, each once and the oldest first', async () => {
    const result = [decisionStream(NOW - 1000), decisionStream(NOW - 9000, { current: '25', replicas: '0' })];
    const answer = { data: { result } };
    const { asked, decisions } = await store(answer);
    expect(await decisions.read(NOW, signal)).toEqual([
      { ...told, at: NOW - 9000, from: 25, to: 0, message: 'opening to 25 replicas' },
      { ...told, at: NOW - 1000, message: 'opening to 25 replicas' },
    ]);
    result.push(decisionStream(NOW + 2000, { k8s_pod_name: 'scaler-2' }));
    expect(await decisions.read(NOW + 5000, signal)).toEqual([expect.objectContaining({ at: NOW + 2000 })]);
    expect(await decisions.read(NOW + 10_000, signal)).toEqual([]);
    expect(asked.map(({ searchParams }) => Number(searchParams.get('start')) / 1e6 - NOW)).toEqual([
      ...[-86_400_000, -120_000, -115_000],
    ]);
    expect(asked[0]?.searchParams.get('query')).toBe(
      '{k8s_namespace_name="scaler"} | workload != "" | current != "" | replicas != "" | reason != ""',
    );
  });

  it('that a reading could not get are there after it, however long the store was silent', async () => {
    const { asked, decisions } = await store({}, 500);
    for (const later of [0, 3_600_000])
      await expect(decisions.read(NOW + later, signal)).rejects.toThrow('500');
    expect(Number(asked[1]?.searchParams.get('start')) / 1e6).toBe(NOW + 3_600_000 - 86_400_000);
  });

  it('are no other records that have such fields, whatever is in them', async () => {
    const wrong = [
      ...[{ reason: '<script>' }, { replicas: '-1' }, { replicas: '1e3' }, { current: '' }, { workload: '' }],
      ...[{ current: '99999999' }, { workload: 'w'.repeat(300) }],
    ].map((more) => decisionStream(NOW - 1000, more));
    const { decisions } = await store({ data: { result: wrong } });
    expect(await decisions.read(NOW, signal)).toEqual([]);
  });
});
