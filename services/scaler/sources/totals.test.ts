import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flow, latch, type Policy, type Source } from '@sluice/policy';
import { describe, expect, it } from 'vitest';
import { fixture, json, serve } from '../testing/serve.ts';
import { openSources } from './open-sources.ts';

const passwordFile = join(mkdtempSync(join(tmpdir(), 'sluice-scaler-')), 'password');
writeFileSync(passwordFile, 'secret\n');

const now = () => 1_700_000_100_000;
const never = new AbortController().signal;
const measuring = flow({ targetWaitSeconds: 60, maxReplicas: 5 });

function open(source: Source, policy: Policy = measuring) {
  const target = { kind: 'deployment', namespace: 'consumer', name: 'consumer' } as const;
  const workloads = [{ name: 'w', source, target, policy }];
  const opened = openSources({ pollSeconds: 5, workloads }, { pollMs: 5000, timeoutMs: 4000 }, now).get('w');
  if (opened === undefined) throw new Error('there is no source');
  return opened;
}

const management = ({ url }: { url: string }): Source => ({
  ...{ kind: 'management', url, vhost: '/', queue: 'jobs', username: 'scaler', passwordFile },
});

const lavinmq = () =>
  serve(({ url = '' }, response) =>
    response.end(fixture(url.startsWith('/api/queues/%2F?') ? 'api-queues.json' : 'api-queue-jobs.json')),
  );

describe('the totals of a management API', () => {
  it('are read for a policy that measures, and are not asked for by another', async () => {
    await using broker = await lavinmq();
    expect(await open(management(broker)).read(never)).toMatchObject({
      ...{ ready: 105, unacked: 3, publishedTotal: 120, acknowledgedTotal: 10 },
    });
    const latched = latch({ replicas: 5, startWhen: { readyAtLeast: 100 } });
    expect(await open(management(broker), latched).read(never)).not.toHaveProperty('publishedTotal');
    const asked = broker.requests.filter(({ url }) => url?.endsWith('?columns=name,message_stats'));
    expect(asked).toHaveLength(1);
  });

  it('are 0 where RabbitMQ leaves out what never happened', async () => {
    const listed = [{ name: 'jobs', messages_ready: 7, messages_unacknowledged: 0 }];
    await using broker = await serve((_, response) => json(response, 200, listed));
    expect(await open(management(broker)).read(never)).toMatchObject({
      ...{ publishedTotal: 0, acknowledgedTotal: 0 },
    });
  });

  it('are left out where they cannot be read, and the backlog is reported', async () => {
    const row = { name: 'jobs', messages_ready: 7, messages_unacknowledged: 0 };
    const listed = [{ ...row, message_stats: { publish: 'x' } }];
    await using odd = await serve((_, response) => json(response, 200, listed));
    await using half = await serve(({ url = '' }, response) =>
      url.includes('message_stats') ? response.writeHead(500).end() : json(response, 200, [row]),
    );
    for (const broker of [odd, half])
      expect(await open(management(broker)).read(never)).toEqual({ ready: 7, unacked: 0, at: now() });
  });
});

describe('the totals of a Prometheus', () => {
  const scraped = ({ url }: { url: string }): Source => ({
    ...{ kind: 'prometheus', url, readyQuery: 'ready', unackedQuery: 'unacked' },
    ...{ publishedQuery: 'published', acknowledgedQuery: 'acknowledged' },
  });
  const answering = (values: Readonly<Record<string, string>>) =>
    serve(({ url = '' }, response) => {
      const query = new URL(url, 'http://prometheus').searchParams.get('query') ?? '';
      const value = query.startsWith('timestamp') ? '1700000095' : values[query];
      const result = value === undefined ? [] : [{ metric: {}, value: [1_700_000_100, value] }];
      json(response, 200, { status: 'success', data: { resultType: 'vector', result } });
    });

  it('are what its queries answer', async () => {
    await using server = await answering({ ready: '7', unacked: '1', published: '90.5', acknowledged: '80' });
    expect(await open(scraped(server)).read(never)).toMatchObject({
      ...{ ready: 7, unacked: 1, publishedTotal: 90.5, acknowledgedTotal: 80 },
    });
  });

  it('are left out where one of them is empty or no number', async () => {
    for (const values of [
      { ready: '7', unacked: '1', published: '90' },
      { ready: '7', unacked: '1', published: 'NaN', acknowledged: '80' },
    ] as Readonly<Record<string, string>>[]) {
      await using server = await answering(values);
      expect(await open(scraped(server)).read(never)).toEqual({
        ...{ ready: 7, unacked: 1, at: 1_700_000_095_000 },
      });
    }
  });
});
