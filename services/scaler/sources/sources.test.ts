import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { latch, type Source } from '@sluice/policy';
import { describe, expect, it } from 'vitest';
import { fixture, json, type Served, serve } from '../testing/serve.ts';
import { openSources } from './open-sources.ts';

const passwordFile = join(mkdtempSync(join(tmpdir(), 'sluice-scaler-')), 'password');
writeFileSync(passwordFile, 'secret\n');

const timing = { pollMs: 5000, timeoutMs: 4000 };
const now = () => 1_700_000_100_000;
const policy = latch({ replicas: 25, startWhen: { readyAtLeast: 100 } });
const target = { kind: 'deployment', namespace: 'consumer', name: 'consumer' } as const;

function open(...sources: Source[]) {
  const workloads = sources.map((source, index) => ({ name: `w${index}`, source, target, policy }));
  return [...openSources({ pollSeconds: 5, workloads }, timing, now).values()];
}

const never = new AbortController().signal;
const read = (...sources: Source[]) => Promise.all(open(...sources).map((source) => source.read(never)));

const management = ({ url }: { url: string }, queue = 'jobs') =>
  ({ kind: 'management', url, vhost: '/', queue, username: 'scaler', passwordFile }) as const;
const detailed = ({ url }: { url: string }, queue = 'jobs') =>
  ({ kind: 'detailed-metrics', url: `${url}/`, vhost: '/', queue }) as const;

const answering = (status: number, body: string) =>
  serve((_, response) => response.writeHead(status).end(body));

/** A broker of one queue, as the listing and the queue itself report it. */
const brokerOf = (listed: object, itself: object = listed) =>
  serve(({ url = '' }, response) =>
    json(response, 200, url.includes('/jobs?') ? itself : [{ name: 'jobs', ...listed }]),
  );

describe('the management API', () => {
  it('reads the queues of a LavinMQ, with one listing, as the configured user', async () => {
    await using broker = await serve(({ url = '' }, response) =>
      response.end(fixture(url.startsWith('/api/queues/%2F?') ? 'api-queues.json' : 'api-queue-jobs.json')),
    );
    const names = ['jobs', 'jobs.retry', 'jobs.parked', 'empty', 'jobs'];
    const backlogs = await read(...names.map((queue) => management(broker, queue)));
    expect(backlogs).toEqual(
      [
        { ready: 105, unacked: 3 },
        { ready: 2, unacked: 0 },
        { ready: 1, unacked: 0 },
        { ready: 0, unacked: 0 },
        { ready: 105, unacked: 3 },
      ].map((counts) => ({ ...counts, at: now() })),
    );
    const listings = broker.requests.filter(({ url }) => url?.startsWith('/api/queues/%2F?'));
    expect(listings).toHaveLength(1);
    expect(listings[0]?.headers.authorization).toBe(`Basic ${btoa('scaler:secret')}`);
  });

  it('asks a broker that reports no age only once for it', async () => {
    await using broker = await serve(({ url = '' }, response) =>
      response.end(fixture(url.startsWith('/api/queues/%2F?') ? 'api-queues.json' : 'api-queue-jobs.json')),
    );
    const [source] = open(management(broker));
    for (let i = 0; i < 3; i += 1) await source?.read(never);
    expect(broker.requests.map(({ url }) => url?.split('?')[0])).toEqual([
      '/api/queues/%2F',
      '/api/queues/%2F/jobs',
    ]);
  });

  it('reports the oldest wait where RabbitMQ knows the head message', async () => {
    const counts = { messages_ready: 7, messages_unacknowledged: 0 };
    await using broker = await brokerOf(counts, { ...counts, head_message_timestamp: 1_700_000_040 });
    expect(await read(management(broker))).toMatchObject([{ ready: 7, oldestWaitSeconds: 60 }]);
  });

  it('reads an age in whatever unit the publisher wrote it', async () => {
    const counts = { messages_ready: 7, messages_unacknowledged: 0 };
    await using broker = await brokerOf(counts, { ...counts, head_message_timestamp: 1_700_000_040_000 });
    expect(await read(management(broker))).toMatchObject([{ ready: 7, oldestWaitSeconds: 60 }]);
  });

  it.each([
    ['ten minutes ahead', 1_700_000_700],
    ['of 1970', 1],
    ['of no number', 'soon'],
  ])('does not accept a timestamp %s', async (_, head_message_timestamp) => {
    const counts = { messages_ready: 7, messages_unacknowledged: 0 };
    await using broker = await brokerOf(counts, { ...counts, head_message_timestamp });
    expect(await read(management(broker))).toEqual([{ ready: 7, unacked: 0, at: now() }]);
  });

  it.each([{ messages_ready: 7, head_message_timestamp: '' }, {}, 3, null])(
    'knows no oldest wait from %j, and reads the counts all the same',
    async (itself) => {
      const counts = { messages_ready: 7, messages_unacknowledged: 0 };
      await using broker = await brokerOf(counts, itself as object);
      expect(await read(management(broker))).toEqual([{ ready: 7, unacked: 0, at: now() }]);
    },
  );

  it('asks no age beyond 20 workloads', async () => {
    await using broker = await brokerOf({ messages_ready: 7, messages_unacknowledged: 0 });
    await read(...Array.from({ length: 21 }, () => management(broker)));
    expect(broker.requests).toHaveLength(1);
  });

  it('takes a count that the broker does not report for an error, never for 0', async () => {
    await using broker = await brokerOf({ messages_ready: 7 });
    await expect(read(management(broker))).rejects.toMatchObject({
      cause: 'field-missing',
      message: "queue 'jobs' in '/' is told without 'messages_unacknowledged'",
    });
  });

  it('misses a queue that the listing does not hold, and only that one', async () => {
    await using broker = await answering(200, fixture('api-queues.json'));
    const sources = open(...['jobs', 'a', 'b', 'c', 'd'].map((queue) => management(broker, queue)));
    const outcomes = await Promise.allSettled(sources.map((source) => source.read(never)));
    expect(outcomes.map((it) => (it.status === 'fulfilled' ? 'read' : it.reason.cause))).toEqual([
      'read',
      ...Array(4).fill('queue-missing'),
    ]);
  });

  it.each([
    [404, fixture('api-queue-missing.json'), 'queue-missing'],
    [401, '', 'unauthorized'],
    [403, '', 'unauthorized'],
    [503, 'starting', 'http-status'],
    [200, '<html>', 'invalid'],
    [200, '[]', 'queue-missing'],
    [200, '{}', 'invalid'],
    [200, '3', 'invalid'],
  ])('fails on %i %s as %s', async (status, body, cause) => {
    await using broker = await answering(status, body);
    await expect(read(management(broker))).rejects.toMatchObject({ cause });
  });

  it('never follows a redirect with its credentials', async () => {
    await using other = await answering(200, fixture('api-queue-jobs.json'));
    await using broker = await serve((_, response) => response.writeHead(302, { location: other.url }).end());
    await expect(read(management(broker))).rejects.toMatchObject({ cause: 'redirect' });
    expect(other.requests).toHaveLength(0);
  });

  it('says what cannot be reached, without a secret', async () => {
    const gone = await answering(200, '');
    await gone[Symbol.asyncDispose]();
    const failure = await read(management(gone)).catch((error: Error) => error);
    expect(failure).toMatchObject({ cause: 'unreachable' });
    expect(String(failure)).toContain('ECONNREFUSED');
    expect(String(failure)).not.toContain('secret');
  });

  it('gives up when the signal says so', async () => {
    await using broker = await serve(() => {});
    const [source] = open(management(broker));
    await expect(source?.read(AbortSignal.abort())).rejects.toMatchObject({ cause: 'timeout' });
  });
});

describe('/metrics/detailed', () => {
  it('serves every workload of a LavinMQ with one request', async () => {
    await using broker = await answering(200, fixture('metrics-detailed.txt'));
    const backlogs = await read(...['jobs', 'jobs.retry', 'empty'].map((queue) => detailed(broker, queue)));
    expect(backlogs).toEqual([
      { ready: 105, unacked: 3, at: now() },
      { ready: 2, unacked: 0, at: now() },
      { ready: 0, unacked: 0, at: now() },
    ]);
    expect(broker.requests.map(({ url }) => url)).toEqual(['/metrics/detailed?family=queue_coarse_metrics']);
  });

  it('reads the names of RabbitMQ too, and distinguishes virtual hosts', async () => {
    const text = [
      'rabbitmq_detailed_queue_messages_ready{vhost="other",queue="jobs"} 1',
      'rabbitmq_detailed_queue_messages_ready{vhost="/",queue="jobs"} 42',
      'rabbitmq_detailed_queue_messages_unacked{vhost="/",queue="jobs"} 8',
    ].join('\n');
    await using broker = await answering(200, text);
    expect(await read(detailed(broker))).toEqual([{ ready: 42, unacked: 8, at: now() }]);
  });

  it('is not content with the plain /metrics, which sums all queues', async () => {
    await using broker = await answering(200, fixture('metrics.txt'));
    await expect(read(detailed(broker))).rejects.toMatchObject({ cause: 'queue-missing' });
  });

  it('does not take half an answer for 0', async () => {
    const half =
      fixture('metrics-detailed.txt').split('# TYPE lavinmq_detailed_queue_messages_unacked')[0] ?? '';
    await using broker = await answering(200, half);
    await expect(read(detailed(broker))).rejects.toMatchObject({ cause: 'field-missing' });
  });
});

describe('Prometheus', () => {
  const vector = (...values: [number, string][]) => ({
    status: 'success',
    data: { resultType: 'vector', result: values.map((value) => ({ metric: {}, value })) },
  });
  const prometheus = (answers: Record<string, unknown>): Promise<Served> =>
    serve(({ url = '' }, response) => {
      const query = new URL(url, 'http://prometheus').searchParams.get('query') ?? '';
      const body = answers[query.replaceAll('\n', '')];
      json(response, body === undefined ? 400 : 200, body ?? { status: 'error', error: 'bad_data' });
    });
  const source = ({ url }: Served): Source => ({
    kind: 'prometheus',
    ...{ url, readyQuery: 'ready', unackedQuery: 'unacked' },
  });

  it("takes the scrape's instant for the reading's", async () => {
    await using server = await prometheus({
      ready: vector([1_700_000_100, '105']),
      unacked: vector([1_700_000_100, '3']),
      'timestamp(ready)': vector([1_700_000_100, '1700000085.5']),
    });
    expect(await read(source(server))).toEqual([{ ready: 105, unacked: 3, at: 1_700_000_085_500 }]);
  });

  it('falls back on the evaluation instant where there is no other', async () => {
    await using server = await prometheus({
      ready: { status: 'success', data: { resultType: 'scalar', result: [1_700_000_100, '105'] } },
      unacked: vector([1_700_000_100, '3']),
    });
    expect(await read(source(server))).toEqual([{ ready: 105, unacked: 3, at: 1_700_000_100_000 }]);
  });

  it.each([
    ['an empty vector', vector(), 'empty'],
    ['two series', vector([1_700_000_100, '1'], [1_700_000_100, '2']), 'ambiguous'],
    ['an error', undefined, 'http-status'],
    ['a matrix', { status: 'success', data: { resultType: 'matrix', result: [] } }, 'invalid'],
  ])('has no reading from %s', async (_, ready, cause) => {
    await using server = await prometheus({ ready, unacked: vector([1_700_000_100, '0']) });
    await expect(read(source(server))).rejects.toMatchObject({ cause });
  });

  it.each(['', ' ', '0x1F', '1_000', 'five'])('takes %j for no number', async (text) => {
    await using server = await prometheus({
      ready: vector([1_700_000_100, text]),
      unacked: vector([1_700_000_100, '0']),
    });
    await expect(read(source(server))).rejects.toMatchObject({ cause: 'invalid' });
  });

  it.each([
    ['of 1970', 1, 1_700_000_090],
    ['ten minutes ahead', 1_700_000_700, 1_700_000_090],
    ['of 1970, where the scrape is', 1_700_000_100, 1],
  ])('does not accept an instant %s', async (_, evaluated, scraped) => {
    await using server = await prometheus({
      ready: vector([evaluated, '105']),
      unacked: vector([evaluated, '0']),
      'timestamp(ready)': vector([evaluated, String(scraped)]),
    });
    await expect(read(source(server))).rejects.toMatchObject({ cause: 'invalid' });
  });

  it('passes NaN on as it is; the policy refuses it', async () => {
    await using server = await prometheus({
      ready: vector([1_700_000_100, 'NaN']),
      unacked: vector([1_700_000_100, '0']),
    });
    expect(await read(source(server))).toMatchObject([{ ready: NaN }]);
  });
});
