import { mkdtempSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { latch, type Source } from '@sluice/policy';
import { describe, expect, it } from 'vitest';
import { json, serve } from '../testing/serve.ts';
import { openSources } from './open-sources.ts';

const MIB = 1024 * 1024;
const directory = mkdtempSync(join(tmpdir(), 'sluice-scaler-hostile-'));
const passwordFile = join(directory, 'password');
writeFileSync(passwordFile, 'hunter2\n');

const policy = latch({ replicas: 25, startWhen: { readyAtLeast: 100 } });
const target = { kind: 'deployment', namespace: 'consumer', name: 'consumer' } as const;
const never = new AbortController().signal;
const now = () => 1_700_000_100_000;

function open(source: Source) {
  const config = { pollSeconds: 5, workloads: [{ name: 'jobs', source, target, policy }] };
  const opened = openSources(config, { pollMs: 1, timeoutMs: 20_000 }, now).get('jobs');
  if (opened === undefined) throw new Error('no source');
  return opened;
}

const kinds: readonly ((url: string) => Source)[] = [
  (url) => ({ kind: 'management', url, vhost: '/', queue: 'jobs', username: 'scaler', passwordFile }),
  (url) => ({ kind: 'detailed-metrics', url, vhost: '/', queue: 'jobs' }),
  (url) => ({ kind: 'prometheus', url, readyQuery: 'ready' }),
];
const sources = kinds.map((of) => [of('http://broker').kind, of] as const);

async function failureOf(
  of: (url: string) => Source,
  answer: (r: ServerResponse, q: IncomingMessage) => void,
) {
  await using server = await serve((request, response) => answer(response, request));
  return await open(of(server.url))
    .read(never)
    .catch((error: unknown) => error);
}

const bomb = gzipSync(Buffer.alloc(400 * MIB));

describe.each(sources)('a hostile answer to %s', (_, of) => {
  it('that never ends is read no further than the bound', async () => {
    let sent = 0;
    const chunk = Buffer.alloc(64 * 1024, '#\n');
    const failure = await failureOf(of, (response) => {
      const more = (): void => {
        if (!response.writable) return;
        sent += chunk.length;
        response.write(chunk, more);
      };
      more();
    });
    expect(failure).toMatchObject({ cause: 'too-large' });
    // Three requests at a time of a Prometheus; what the sockets hold comes on top of what was read.
    expect(sent).toBeLessThan(3 * 16 * MIB);
  });

  it('that unpacks to more than the bound is unpacked no further', async () => {
    global.gc?.();
    const before = process.memoryUsage().rss;
    const failure = await failureOf(of, (response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb),
    );
    expect(failure).toMatchObject({ cause: 'too-large' });
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * MIB);
  });

  it('that leads elsewhere is not followed, and nothing is sent there', async () => {
    await using other = await serve((_request, response) => json(response, 200, []));
    for (const status of [301, 302, 303, 307, 308]) {
      const failure = await failureOf(of, (response) =>
        response.writeHead(status, { location: `${other.url}/x` }).end(),
      );
      expect(failure).toMatchObject({ cause: 'redirect' });
      expect(String(failure)).not.toContain('hunter2');
    }
    expect(other.requests).toEqual([]);
  });

  it('that is nothing but brackets costs no memory', async () => {
    const body = `[${'[],'.repeat(1_300_000)}[]]`;
    const failure = await failureOf(of, (response) => response.end(body));
    expect(['invalid', 'queue-missing']).toContain((failure as { cause: string }).cause);
  });
});

describe('what a broker packs', () => {
  it.each(sources.slice(0, 2))('is asked for and unpacked from %s', async (kind, of) => {
    const text = [
      'rabbitmq_detailed_queue_messages_ready{vhost="/",queue="jobs"} 42',
      'rabbitmq_detailed_queue_messages_unacked{vhost="/",queue="jobs"} 8',
    ].join('\n');
    const rows = [{ name: 'jobs', messages_ready: 42, messages_unacknowledged: 8 }];
    const body = kind === 'management' ? JSON.stringify(rows) : text;
    await using server = await serve((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(body)),
    );
    expect(await open(of(server.url)).read(never)).toMatchObject({ ready: 42, unacked: 8 });
    expect(server.requests[0]?.headers['accept-encoding']).toContain('gzip');
  });
});

describe('the password', () => {
  const file = join(directory, 'rotated');
  const source = (url: string): Source => ({
    ...{ kind: 'management', url, vhost: '/', queue: 'jobs', username: 'scaler', passwordFile: file },
  });
  const rows = [{ name: 'jobs', messages_ready: 0, messages_unacknowledged: 0 }];

  it('is read again for each request', async () => {
    await using server = await serve((_request, response) => json(response, 200, rows));
    const opened = open(source(server.url));
    for (const password of ['first', 'second\n', 'third\r\n']) {
      writeFileSync(file, password);
      await expect.poll(() => opened.read(never)).toMatchObject({ ready: 0 });
    }
    expect(new Set(server.requests.map(({ headers }) => headers.authorization))).toEqual(
      new Set(['first', 'second', 'third'].map((password) => `Basic ${btoa(`scaler:${password}`)}`)),
    );
  });

  it.each(['s3cret ', 's3\tcret\n', 's3cret\n\n', '', ' '])(
    'of %j is refused, as by every service, before anything is sent',
    async (content) => {
      writeFileSync(file, content);
      await using server = await serve((_request, response) => json(response, 200, rows));
      const failure = await open(source(server.url))
        .read(never)
        .catch((error: unknown) => error);
      expect(failure).toMatchObject({ cause: 'unauthorized' });
      expect(String(failure)).toContain(file);
      expect(String(failure)).not.toContain('s3');
      expect(server.requests).toEqual([]);
    },
  );
});
