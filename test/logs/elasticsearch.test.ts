import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { elasticsearchContent } from '../../charts/elasticsearch-content.ts';
import { objectKey, parseReport, WINDOW_MINUTES } from '../../packages/contracts/log-report.ts';
import { ELASTICSEARCH_STREAMS, logRecords } from '../../packages/contracts/log-store.ts';
import { startElasticsearch } from '../../packages/testbed/servers/elasticsearch.ts';
import type { OwnServer } from '../../packages/testbed/servers/own-server.ts';
import { DecisionLines } from '../../services/board/sources/decision-lines.ts';
import { LogSearch, MOST_LINES } from '../../services/board/sources/lines.ts';
import { LogStore } from '../../services/board/sources/log-store.ts';
import { LogReportsHarness, RAW, REPORTS } from './log-reports-harness.ts';

/**
 * Reports of lines in a real Elasticsearch: the template that is declared, documents as Fluent Bit writes them, and the
 * extraction; rollover and snapshots. Elasticsearch 7.17 runs without x-pack, so what needs that is left out of the
 * declaration by its name (data stream, users) or asked of it by the API below (life cycle, the policy of snapshots);
 * the repository of snapshots is a folder, as no package brings the plugin of S3.
 */
const WINDOW_MS = WINDOW_MINUTES * 60_000;
const { line: LINE } = logRecords.elasticsearch;

let elasticsearch: OwnServer;
let harness: LogReportsHarness;

beforeAll(async () => {
  [elasticsearch, harness] = await Promise.all([startElasticsearch(), LogReportsHarness.start()]);
}, 600_000);
afterAll(async () => {
  await Promise.all([elasticsearch?.stop(), harness?.stop()]);
});

const ask = async (method: string, path: string, body?: string): Promise<unknown> => {
  const headers = { 'content-type': body?.includes('\n') ? 'application/x-ndjson' : 'application/json' };
  const response = await fetch(`${elasticsearch.url}${path}`, { method, headers, ...(body && { body }) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return JSON.parse(text);
};

/** The body of a declared request. @param path How its path begins */
function declared(path: string): { readonly path: string; readonly body: Record<string, unknown> } {
  const snapshots = { bucket: 'example-log-snapshots', keepDays: 90 };
  const props = { retention: '744h', replicas: 0, snapshots, passwordFile: (user: string) => user };
  const request = elasticsearchContent(props).requests.find((one) => one.path.startsWith(path));
  if (request?.body === undefined) throw new Error(`nothing is declared at ${path}`);
  return { path: request.path, body: structuredClone(request.body) };
}

/** The declared index template, less what x-pack brings. */
function declarable(): object {
  const template = { ...declared('/_index_template/'), what: 'index template sluice-logs' };
  const { data_stream: _, ...body } = template.body as {
    data_stream: object;
    template: { settings: Record<string, unknown> };
  };
  delete body.template.settings['index.lifecycle.name'];
  return { requests: [{ ...template, server: 'elasticsearch', method: 'PUT', body }] };
}

/** Where the next line begins in its file. */
let written = 0;

/** A record as Fluent Bit's output writes it: nested, its time with nanoseconds. */
const documentOf = (at: number, namespace: string, message: string, more: object = {}) => {
  written += 100;
  return {
    [LINE.time]: new Date(at).toISOString().replace('Z', '123456Z'),
    ...{ message, stream: 'stderr', [LINE.position]: written },
    kubernetes: {
      namespace_name: namespace,
      pod_name: `${namespace}-1`,
      container_name: 'main',
      host: 'node-1',
    },
    ...more,
  };
};

/** How the board asks it. */
const client = () =>
  new LogStore('elasticsearch', {
    ...{ url: elasticsearch.url, credentials: undefined, authoritiesFile: undefined },
  });

describe('Elasticsearch', () => {
  it('takes the declared template from a run of the service, again and again', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'content-')), 'content.json');
    writeFileSync(file, JSON.stringify(declarable()));
    const run = () =>
      harness.run({
        ...{ MODE: 'declare', LOG_STORE: 'elasticsearch', LOG_STORE_URL: elasticsearch.url },
        DECLARATION_FILE: file,
      });
    for (const { code, lines } of [await run(), await run()])
      expect([code, lines.at(-1)]).toEqual([
        0,
        expect.objectContaining({ msg: 'content declared', declared: ['index template sluice-logs'] }),
      ]);
  });

  it('refuses one that is wrong, and the run says what and why', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'content-')), 'content.json');
    const body = { index_patterns: ['x'], template: { settings: { 'index.codec': 'none-of-its' } } };
    const wrong = {
      what: 'a wrong template',
      server: 'elasticsearch',
      method: 'PUT',
      path: '/_index_template/x',
      body,
    };
    writeFileSync(file, JSON.stringify({ requests: [wrong] }));
    const { code, lines } = await harness.run({
      ...{ MODE: 'declare', LOG_STORE: 'elasticsearch', LOG_STORE_URL: elasticsearch.url },
      DECLARATION_FILE: file,
    });
    expect([code, lines.at(-1)]).toEqual([
      1,
      expect.objectContaining({ refusals: [expect.stringMatching(/^a wrong template: 400 .*index\.codec/)] }),
    ]);
  });

  it('gives every error line of a window to its report once, page after page, with its time to the nanosecond', async () => {
    const start = (Math.floor((Date.now() - 120_000) / WINDOW_MS) - 1) * WINDOW_MS;
    const errors = Array.from({ length: 1234 }, (_, n) =>
      documentOf(start + (n % 600) * 1000, 'consumer', `job ${n} of "ann" failed`, { level: 'error' }),
    );
    const others = [
      documentOf(start + 5, 'consumer', 'job 1 succeeded', { level: 'info' }),
      documentOf(start + 6, 'api', 'java.lang.NullPointerException: no price', { http: { status: 500 } }),
      // Of the next window, and of the one before.
      documentOf(start + WINDOW_MS, 'api', 'late error', { level: 'error' }),
      documentOf(start - 1, 'api', 'early error', { level: 'error' }),
    ];
    const bulk = [...errors, ...others].flatMap((document) => [
      JSON.stringify({ create: { _index: ELASTICSEARCH_STREAMS.lines } }),
      JSON.stringify(document),
    ]);
    const answer = (await ask('POST', '/_bulk?refresh=true', `${bulk.join('\n')}\n`)) as { errors: boolean };
    expect(answer.errors).toBe(false);
    const mapping = (await ask('GET', `/${ELASTICSEARCH_STREAMS.lines}/_mapping`)) as object;
    expect(JSON.stringify(mapping)).toContain('"@timestamp":{"type":"date_nanos"}');

    const run = await harness.run({
      ...{ LOG_STORE: 'elasticsearch', LOG_STORE_URL: elasticsearch.url, CATCH_UP_WINDOWS: '1' },
    });
    expect([run.code, run.lines.at(-1)]).toEqual([
      0,
      expect.objectContaining({ msg: 'run complete', lines: 1235 }),
    ]);
    const report = async (namespace: string) =>
      parseReport(
        await harness.bucket(REPORTS).getText(objectKey('reports', { namespace, start }), harness.signal),
      );
    const consumer = await report('consumer');
    expect(consumer.groups.map(({ pattern, count }) => [pattern, count])).toEqual([
      ['job <value> of <quoted> failed', 1234],
    ]);
    expect((await report('api')).groups.map(({ sample, count }) => [sample, count])).toEqual([
      ['java.lang.NullPointerException: no price', 1],
    ]);
    const lines = await harness.lines(objectKey('raw', { namespace: 'api', start }));
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      ...{ time: new Date(start + 6).toISOString().replace('Z', '123456Z'), pod: 'api-1', container: 'main' },
      fields: { 'http.status': '500', 'kubernetes.host': 'node-1' },
    });
    expect((await harness.keys(RAW)).filter((key) => key.startsWith('raw/'))).toHaveLength(2);
  });

  it('is searched by the board: by namespace and text, the newest lines first, and a text is no query', async () => {
    const now = Date.now();
    const hostile = 'cannot reach "*" OR level:error } {"match_all":{}}';
    const told = [
      ...Array.from({ length: 250 }, (_, n) =>
        documentOf(now - 60_000 - n, 'searched', `job ${n} processed`),
      ),
      documentOf(now - 30_000, 'searched', hostile, { level: 'error' }),
      documentOf(now - 2 * 3_600_000, 'searched', 'job 7 processed long ago'),
      documentOf(now - 1000, 'other', 'job 7 processed'),
    ];
    const bulk = told.flatMap((document) => [
      JSON.stringify({ create: { _index: ELASTICSEARCH_STREAMS.lines } }),
      JSON.stringify(document),
    ]);
    await ask('POST', '/_bulk?refresh=true', `${bulk.join('\n')}\n`);
    const store = new LogSearch(client());
    const found = (text: string, namespace = 'searched') =>
      store.search({ namespace, text }, now, harness.signal);
    const all = await found('');
    expect(all).toHaveLength(MOST_LINES);
    expect(all[0]).toEqual({
      ...{ time: new Date(now - 30_000).toISOString().replace('Z', '123456Z'), namespace: 'searched' },
      ...{ pod: 'searched-1', level: 'error', message: hostile },
    });
    // In any case, and of the last hour alone.
    expect((await found('JOB 7 processed')).map(({ message }) => message)).toEqual(['job 7 processed']);
    expect(await found(hostile)).toHaveLength(1);
    expect(await found('"} OR 1:1')).toEqual([]);
    expect(new Set((await found('processed', '')).map(({ namespace }) => namespace))).toEqual(
      new Set(['searched', 'other']),
    );
  });

  it('has the decisions of the scaler for the board, and no other line of its namespace', async () => {
    const now = Date.now();
    const decision = { workload: 'jobs', current: 0, replicas: 25, reason: 'BacklogReachedMark' };
    const lines = [
      documentOf(now - 5000, 'scaler', 'opening to 25 replicas', { msg: 'decision', ...decision }),
      documentOf(now - 4000, 'scaler', 'leading', { level: 'info', reason: 'elected' }),
      documentOf(now - 3000, 'other', 'opening to 25 replicas', decision),
    ];
    const bulk = lines.flatMap((document) => [
      JSON.stringify({ create: { _index: ELASTICSEARCH_STREAMS.lines } }),
      JSON.stringify(document),
    ]);
    await ask('POST', '/_bulk?refresh=true', `${bulk.join('\n')}\n`);
    const decisions = new DecisionLines(client(), 'scaler');
    expect(await decisions.read(now, harness.signal)).toEqual([
      {
        ...{ at: now - 5000, workload: 'jobs', from: 0, to: 25, reason: 'BacklogReachedMark' },
        message: 'opening to 25 replicas',
      },
    ]);
    expect(await decisions.read(now + 1000, harness.signal)).toEqual([]);
  });

  it('closes an index by the declared conditions, and goes on in another one of the same types', async () => {
    const { policy } = declared('/_ilm/policy/').body as {
      policy: { phases: { hot: { actions: { rollover: Record<string, string> } } } };
    };
    const conditions = policy.phases.hot.actions.rollover;
    const [alias, first] = ['logs-pods-rolled', 'logs-pods-rolled-000001'];
    await ask('PUT', `/${first}`, JSON.stringify({ aliases: { [alias]: { is_write_index: true } } }));
    const write = (message: string) =>
      ask('POST', `/${alias}/_doc?refresh=true`, JSON.stringify(documentOf(Date.now(), 'api', message)));
    const roll = (of: object) => ask('POST', `/${alias}/_rollover`, JSON.stringify({ conditions: of }));
    await write('before');
    // An index that is small and young stays open.
    expect(await roll(conditions)).toMatchObject({
      rolled_over: false,
      conditions: { '[max_primary_shard_size: 1gb]': false, '[max_age: 1d]': false },
    });
    expect(await roll({ ...conditions, max_primary_shard_size: '1b' })).toMatchObject({
      ...{ rolled_over: true, old_index: first, new_index: 'logs-pods-rolled-000002' },
    });
    await write('after');
    const { hits } = (await ask('GET', `/${alias}/_search?sort=_index`)) as {
      hits: { hits: { _index: string; _source: { message: string } }[] };
    };
    expect(hits.hits.map(({ _index, _source }) => [_index, _source.message])).toEqual([
      [first, 'before'],
      ['logs-pods-rolled-000002', 'after'],
    ]);
    const mapping = JSON.stringify(await ask('GET', '/logs-pods-rolled-000002/_mapping'));
    expect(mapping).toContain('"@timestamp":{"type":"date_nanos"}');
  });

  it('brings a deleted index back from a snapshot by the declared policy', async () => {
    const index = 'logs-pods-archived';
    const bulk = Array.from({ length: 500 }, (_, n) => [
      JSON.stringify({ create: { _index: index } }),
      JSON.stringify(documentOf(Date.now() - n, 'api', `job ${n} failed`)),
    ]);
    await ask('POST', '/_bulk?refresh=true', `${bulk.flat().join('\n')}\n`);
    await ask('PUT', '/other', '{}');
    const { path: repository } = declared('/_snapshot/');
    await ask('PUT', repository, JSON.stringify({ type: 'fs', settings: { location: 'logs' } }));
    const { name, config } = declared('/_slm/policy/').body as { name: string; config: object };
    const snapshot = `${repository}/${encodeURIComponent(name)}`;
    const taken = (await ask('PUT', `${snapshot}?wait_for_completion=true`, JSON.stringify(config))) as {
      snapshot: { snapshot: string; state: string; indices: string[]; include_global_state: boolean };
    };
    expect(taken.snapshot).toMatchObject({ state: 'SUCCESS', include_global_state: false });
    expect(taken.snapshot.snapshot).toMatch(/^logs-\d{4}\.\d\d\.\d\d$/);
    expect(taken.snapshot.indices).toContain(index);
    expect(taken.snapshot.indices).not.toContain('other');

    await ask('DELETE', `/${index}`);
    const restore = `${repository}/${taken.snapshot.snapshot}/_restore?wait_for_completion=true`;
    await ask('POST', restore, JSON.stringify({ indices: index }));
    expect(await ask('GET', `/${index}/_count?q=message:failed`)).toMatchObject({ count: 500 });
  });
});
