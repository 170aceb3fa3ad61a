import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { AddressGuard } from './addresses.ts';
import { FetchError } from './failure.ts';
import { type DocumentRequest, fetchDocument } from './fetch.ts';
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
  expect(await ask(`${source.origin}/m?columns=a`, { authorization: 'Basic eDp5' })).toEqual({
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
    expect(reason).toEqual(['redirect', 'redirected (302)']);
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
    expect(await failureOf(endless)).toEqual(['too-large', 'answered with more than 1000 bytes']);
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

describe('the time-out', () => {
  it('holds for a server that says nothing', async () => {
    await using source = await serve(() => {});
    expect(await failure(source.origin, { timeoutMs: 50 })).toEqual([
      'timeout',
      'not answered within 0.05 s',
    ]);
  });

  it('holds for a body that comes byte by byte for ever', async () => {
    await using source = await serve((response) => {
      const timer = setInterval(() => response.write(' '), 5);
      response.on('close', () => clearInterval(timer));
    });
    expect(await failure(source.origin, { timeoutMs: 100 })).toEqual([
      'timeout',
      'not answered within 0.1 s',
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
