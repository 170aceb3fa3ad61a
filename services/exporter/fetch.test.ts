import type { ServerResponse } from 'node:http';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { spawnOwned } from '@sluice/runtime/processes';
import { describe, expect, it } from 'vitest';
import { AddressGuard } from './addresses.ts';
import { type DocumentRequest, fetchDocument } from './fetch.ts';
import { FetchError } from './probe.ts';
import { loopback, serve } from './testing/serve.ts';

const ask = (url: string, changed: Partial<DocumentRequest> = {}) =>
  fetchDocument({ url: new URL(url), guard: loopback, timeoutMs: 5000, maxBytes: 1000, ...changed });

const failure = async (url: string, changed?: Partial<DocumentRequest>): Promise<string[]> => {
  const error = await ask(url, changed).catch((it: unknown) => it);
  return error instanceof FetchError ? [error.reason, error.message] : [String(error)];
};

/** What a server answers with, and what becomes of it. */
async function failureOf(answer: (response: ServerResponse) => void): Promise<string[]> {
  await using source = await serve(answer);
  return await failure(source.origin);
}

it('gives the JSON of an answer, asked for with the credentials', async () => {
  await using source = await serve((response) => response.end('{"request_count":7}'));
  expect(
    await ask(`${source.origin}/m?columns=a`, { credentials: { username: 'x', password: 'y' } }),
  ).toEqual({
    request_count: 7,
  });
  expect(source.requests.map(({ method, url, headers }) => [method, url, headers.authorization])).toEqual([
    ['GET', '/m?columns=a', 'Basic eDp5'],
  ]);
});

describe('it fails on', () => {
  it('a redirect, and follows it nowhere', async () => {
    await using elsewhere = await serve((response) => response.end('{}'));
    const reason = await failureOf((response) =>
      response.writeHead(302, { location: elsewhere.origin }).end(),
    );
    expect(reason).toEqual(['redirect', expect.stringContaining('redirects (302)')]);
    expect(elsewhere.requests).toEqual([]);
  });

  it('any status but 200', async () => {
    expect(await failureOf((response) => response.writeHead(500).end('{}'))).toEqual([
      'http-status',
      'answered 500',
    ]);
    expect(await failureOf((response) => response.writeHead(204).end())).toEqual([
      'http-status',
      'answered 204',
    ]);
  });

  it('what is no JSON', async () => {
    expect(await failureOf((response) => response.end('{"a":'))).toEqual([
      ...['not-json', 'answered with what is no JSON'],
    ]);
  });

  it('a body that is too long, and reads no further', async () => {
    const endless = (response: ServerResponse) => {
      const more = () => void (response.writable && response.write('x'.repeat(400), more));
      more();
    };
    expect(await failureOf(endless)).toEqual([
      'too-large',
      expect.stringContaining('answered with more than 1000 bytes'),
    ]);
  });

  it('a body that breaks off', async () => {
    const [reason] = await failureOf((response) => {
      response.writeHead(200, { 'content-length': 100 }).write('{', () => response.destroy());
    });
    expect(reason).toBe('unreachable');
  });

  it('a server that is not there', async () => {
    const { origin, ...gone } = await serve(() => {});
    await gone[Symbol.asyncDispose]();
    const [reason, message] = await failure(origin);
    expect([reason, message]).toEqual(['unreachable', expect.stringContaining('ECONNREFUSED')]);
  });
});

describe('what is packed', () => {
  const packed = (body: Buffer) => (response: ServerResponse) =>
    void response.writeHead(200, { 'content-encoding': 'gzip' }).end(body);

  it('is asked for and unpacked', async () => {
    await using source = await serve(packed(gzipSync('{"request_count":7}')));
    expect(await ask(source.origin)).toEqual({ request_count: 7 });
    expect(source.requests[0]?.headers['accept-encoding']).toContain('gzip');
  });

  it('is unpacked no further than a document may be long', async () => {
    const [reason] = await failureOf(packed(gzipSync(Buffer.alloc(50_000_000))));
    expect(reason).toBe('too-large');
  });

  it('fails when it is not what it says', async () => {
    expect((await failureOf(packed(Buffer.from('{"request_count":7}'))))[0]).toBe('bad-encoding');
  });
});

describe('a document of very many values', () => {
  const maxBytes = 4 * 1024 * 1024;
  const brackets = `[${'[],'.repeat(1_398_000)}[]]`;

  it('fails before anything of it is built', async () => {
    await using source = await serve((response) => response.end(brackets));
    const delay = monitorEventLoopDelay({ resolution: 10 });
    delay.enable();
    expect(await failure(source.origin, { maxBytes })).toEqual([
      'too-large',
      expect.stringContaining('has more than 150000 values'),
    ]);
    delay.disable();
    // Building it blocks for 0.5 to 0.9 s on an idle machine.
    expect(delay.max / 1e9).toBeLessThan(0.5);
  });

  it('takes no more memory than a pod has left', async () => {
    const script = `
      import { createServer } from 'node:http';
      import { fetchDocument } from '${import.meta.dirname}/fetch.ts';
      import { loopback } from '${import.meta.dirname}/testing/serve.ts';
      const body = '[' + '[],'.repeat(1_398_000) + '[]]';
      const server = createServer((_, response) => response.end(body)).listen(0, '127.0.0.1', async () => {
        const url = new URL('http://127.0.0.1:' + server.address().port);
        const before = process.resourceUsage().maxRSS;
        const asked = { url, guard: loopback, timeoutMs: 20_000, maxBytes: ${maxBytes} };
        for (let i = 0; i < 5; i += 1) await fetchDocument(asked).catch((error) => console.log(error.reason));
        console.log(process.resourceUsage().maxRSS - before);
        process.exit();
      });`;
    // The options with which the service runs.
    const options = ['--optimize-for-size', '--input-type=module'];
    const child = spawnOwned([process.execPath, ...options, '-e', script], { stdout: 'pipe' });
    if (child.stdout === null) throw new Error('the output is a pipe');
    const [kib, ...reasons] = (await text(child.stdout)).trim().split('\n').reverse();
    expect(reasons).toEqual(Array(5).fill('too-large'));
    // A pod has 128 MiB, of which the service itself takes half.
    expect(Number(kib) / 1024).toBeLessThan(64);
  });

  it('is taken where longer documents are', async () => {
    const many = JSON.stringify(Array.from({ length: 400_000 }, () => 1));
    await using source = await serve((response) => response.end(many));
    expect(await ask(source.origin, { maxBytes: 4 * maxBytes, timeoutMs: 20_000 })).toHaveLength(400_000);
    expect((await failure(source.origin, { maxBytes }))[0]).toBe('too-large');
  });
});

describe('the time-out', () => {
  it('holds for a server that says nothing', async () => {
    await using source = await serve(() => {});
    expect(await failure(source.origin, { timeoutMs: 50 })).toEqual([
      'timeout',
      expect.stringContaining('did not answer within 0.05 s'),
    ]);
  });

  it('holds for a body that comes byte by byte forever', async () => {
    await using source = await serve((response) => {
      const timer = setInterval(() => response.write(' '), 5);
      response.on('close', () => clearInterval(timer));
    });
    expect(await failure(source.origin, { timeoutMs: 100 })).toEqual([
      'timeout',
      expect.stringContaining('did not answer within 0.1 s'),
    ]);
  });
});

describe('an address that must not be reached', () => {
  it.each(['127.0.0.1', 'localhost', '2130706433', '[::ffff:127.0.0.1]'])('is not: %s', async (host) => {
    await using source = await serve((response) => response.end('{}'));
    const [reason] = await failure(`http://${host}:${source.port}/`, { guard: new AddressGuard() });
    expect([reason, source.requests]).toEqual(['address-refused', []]);
  });
});
