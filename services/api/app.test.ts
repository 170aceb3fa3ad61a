import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { runs } from '../../test/support/properties.ts';
import type { ApiOptions } from './app.ts';
import { queryLimits, type Served, serve } from './testing/serve.ts';

let served: Served | undefined;
afterEach(() => served?.close());
const started = async (changed: Partial<ApiOptions> = {}): Promise<Served> => {
  served = await serve(changed);
  return served;
};

const JSON_TYPE = 'application/json; charset=utf-8';
const logged = ({ lines }: Served) => lines.map((line) => JSON.parse(line));

/** Value of one series; undefined where it is not there. */
async function series({ ask }: Served, name: string): Promise<string | undefined> {
  const { body } = await ask('/metrics');
  const line = body.split('\n').find((each) => each.startsWith(`${name} `));
  return line?.slice(name.length + 1);
}

const requests = (api: Served, method: string, route: string, status: number) =>
  series(api, `http_requests_total{method="${method}",route="${route}",status="${status}",component="api"}`);

describe('/api and what is below it', () => {
  it.each(['/api', '/api/', '/api/a/b', `/api/${'x'.repeat(300)}`])(
    'answers the query of %s and logs it',
    async (path) => {
      const api = await started();
      const { status, headers, body } = await api.ask(`${path}?name=J%C3%BCrgen&a=1&a=2`);
      expect([status, headers['content-type'], JSON.parse(body)]).toEqual([
        200,
        JSON_TYPE,
        { name: 'Jürgen', a: ['1', '2'] },
      ]);
      expect(logged(api)).toMatchObject([{ method: 'GET', query: { name: 'Jürgen', a: ['1', '2'] } }]);
    },
  );

  it.each(['application/json', 'text/x-unheard-of', ''])('takes a POST of type %j', async (type) => {
    const api = await started();
    const headers = type === '' ? {} : { 'content-type': type };
    const { status, body } = await api.ask('/api?a=1', { method: 'POST', headers, body: '{ no json' });
    expect([status, body]).toEqual([200, '{"a":"1"}']);
    expect(logged(api)).toMatchObject([{ method: 'POST', query: { a: '1' } }]);
  });

  it('answers HEAD without a body', async () => {
    const { ask } = await started();
    expect(await ask('/api?a=1', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  });

  it('allows no other method, and says which', async () => {
    const { ask } = await started();
    const { status, headers } = await ask('/api/a', { method: 'DELETE' });
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD, POST']);
  });

  it('makes one short line of JSON of any query whatsoever, without a secret in it', async () => {
    const api = await started();
    const { parameters, nameLength, valueLength } = queryLimits;
    // Every unit takes at most six bytes as an escape; each parameter adds quotes, colon, comma and brackets.
    const mostBytes = 250 + 6 * valueLength + parameters * (6 * (nameLength + valueLength) + 8);
    // Without escapes, the HTTP parser takes only printable ASCII characters in a URL.
    const unit = fc.oneof(
      ...[fc.constantFrom('&', '=', '+', '%', '%0a', '%0D', '%00', '%1b', '%E2%80%A8', '%F0%9F%98%80')],
      // The parser of HTTP takes no DEL in a URL.
      fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
      fc.integer({ min: 0, max: 255 }).map((byte) => `%${byte.toString(16).padStart(2, '0')}`),
    );
    const noise = fc.array(unit, { maxLength: 80 }).map((units) => units.join(''));
    const secret = fc.constantFrom('token', 'TOKEN', 'x_token', 'to%6Ben', 'token[]', '__proto__[token]');
    await fc.assert(
      fc.asyncProperty(noise, secret, noise, async (before, name, after) => {
        api.lines.length = 0;
        const { status } = await api.ask(`/api?${before}&${name}=sesame%0aopen&${after}`);
        expect(status).toBe(200);
        const [line = '', ...others] = api.lines;
        expect(others).toEqual([]);
        expect(line).toMatch(/^[^\p{Cc}\p{Zl}\p{Zp}]+\n$/u);
        expect(JSON.parse(line)).toMatchObject({ msg: 'query received', query: expect.anything() });
        expect(Buffer.byteLength(line)).toBeLessThanOrEqual(mostBytes);
        expect(line).not.toContain('sesame');
      }),
      { numRuns: runs(300) },
    );
  });
});

describe('what is too much', () => {
  it('is a URL beyond its limit: 414', async () => {
    const api = await started();
    expect((await api.ask(`/api?a=${'x'.repeat(993)}`)).status).toBe(200);
    expect((await api.ask(`/api?a=${'x'.repeat(994)}`)).status).toBe(414);
    expect(api.lines).toHaveLength(1);
    expect(await requests(api, 'GET', '/api', 414)).toBe('1');
  });

  it('is a header beyond its limit: 431', async () => {
    const api = await started();
    expect(await api.say(`GET /api HTTP/1.1\r\nhost: a\r\nx: ${'x'.repeat(2000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 431 .*connection: close/s,
    );
    expect(await requests(api, 'other', 'unmatched', 431)).toBe('1');
  });

  it('is a body beyond its limit, whether its length is announced or not: 413', async () => {
    const api = await started();
    const body = 'x'.repeat(101);
    expect((await api.ask('/api', { method: 'POST', body: 'x'.repeat(100) })).status).toBe(200);
    expect((await api.ask('/api', { method: 'POST', body })).status).toBe(413);
    const chunked = { 'transfer-encoding': 'chunked' };
    expect((await api.ask('/api', { method: 'POST', body, headers: chunked })).status).toBe(413);
    expect(await requests(api, 'POST', '/api', 413)).toBe('2');
    expect(api.lines).toHaveLength(1);
  });

  it.each([
    ['the head', 'GET /api HTTP/1.1\r\nhost: a\r\n', ['other', 'unmatched']],
    ['the body', 'POST /api HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\n\r\nab', ['POST', '/api']],
  ] as const)('is the time that %s takes to arrive: 408', async (_, beginning, [method, route]) => {
    const api = await started();
    expect(await api.say(beginning)).toMatch(/^HTTP\/1.1 408 /);
    expect(await requests(api, method, route, 408)).toBe('1');
    expect(JSON.parse((await api.ask('/metrics.json')).body)).toMatchObject({ request_count: 1 });
    expect(await series(api, 'http_requests_in_flight{component="api"}')).toBe('0');
  });

  it('is load that makes the event loop late: 503 and when to come again, but the own endpoints answer', async () => {
    let overloaded = true;
    const api = await started({ overloaded: () => overloaded });
    const { status, headers } = await api.ask('/api?a=1');
    expect([status, headers['retry-after']]).toEqual([503, '7']);
    for (const path of ['/livez', '/readyz', '/metrics', '/metrics.json?x=1'])
      expect((await api.ask(path)).status).toBe(200);
    expect(await requests(api, 'GET', '/api', 503)).toBe('1');
    overloaded = false;
    expect((await api.ask('/api?a=2')).status).toBe(200);
    expect(logged(api)).toMatchObject([{ query: { a: '2' } }]);
    expect(await series(api, 'http_requests_shed_total{component="api"}')).toBe('1');
  });
});

describe('what cannot be understood', () => {
  it.each([
    ['a path that is no UTF-8', 'GET /api/%ff HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n'],
    ['no HTTP', 'hello\r\n\r\n'],
    ['an unknown method', 'FROB /api HTTP/1.1\r\nhost: a\r\n\r\n'],
  ])('is answered with 400: %s', async (_, bytes) => {
    const { say } = await started();
    expect(await say(bytes)).toMatch(/^HTTP\/1.1 400 /);
  });

  it('is no page: 404', async () => {
    const { ask } = await started();
    expect((await ask('/apis')).status).toBe(404);
  });
});

it('is ready when nothing is missing, and names what is missing', async () => {
  let missing: string | undefined = 'stopping';
  const { ask } = await started({ ready: () => missing });
  expect(await ask('/readyz')).toMatchObject({ status: 503, body: 'stopping\n' });
  expect(await ask('/livez')).toMatchObject({ status: 200, body: 'ok\n' });
  missing = undefined;
  expect(await ask('/readyz')).toMatchObject({ status: 200, body: 'ok\n' });
});

it('counts by route, not by path, and its own endpoints not at all', async () => {
  const api = await started();
  for (const path of ['/api', '/api/a', '/api/b?x=1', '/nope', '/neither', '/livez', '/metrics'])
    await api.ask(path);
  await api.ask('/api', { method: 'PROPFIND' });
  expect(await requests(api, 'GET', '/api', 200)).toBe('1');
  expect(await requests(api, 'GET', '/api/*', 200)).toBe('2');
  expect(await requests(api, 'GET', 'unmatched', 404)).toBe('2');
  expect(await requests(api, 'PROPFIND', '/api', 405)).toBe('1');
  const { body } = await api.ask('/metrics');
  expect(body.match(/^http_requests_total{/gm)).toHaveLength(4);
  expect(body).toContain(
    'http_request_duration_seconds_count{component="api",method="GET",route="/api/*"} 2\n',
  );
  expect(JSON.parse((await api.ask('/metrics.json')).body)).toEqual({
    ...{ request_count: 6, '400_count': 3, '500_count': 0 },
  });
});

it('counts a request whose target is a whole URL by its route, as it is served', async () => {
  const api = await started();
  const say = (line: string) => api.say(`${line} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`);
  expect(await say('GET http://a/api/x?b=1')).toContain('{"b":"1"}');
  expect(await say('GET HTTP://a:80/api')).toMatch(/^HTTP\/1.1 200/);
  expect(await say('GET http://a')).toMatch(/^HTTP\/1.1 404/);
  expect(await say('GET http://a/livez')).toMatch(/^HTTP\/1.1 200/);
  const { body } = await api.ask('/metrics');
  const requests = body.split('\n').filter((line) => line.startsWith('http_requests_total'));
  expect(requests.map((line) => line.replace(/,component="api"/, ''))).toEqual([
    'http_requests_total{method="GET",route="/api/*",status="200"} 1',
    'http_requests_total{method="GET",route="/api",status="200"} 1',
    'http_requests_total{method="GET",route="unmatched",status="404"} 1',
  ]);
  expect(JSON.parse(api.lines[0] ?? '')).toMatchObject({ path: '/api/x' });
});

it.each(['/api', '/livez'])('takes two Host headers for none: 400 at %s', async (path) => {
  const api = await started();
  const said = await api.say(`GET ${path} HTTP/1.1\r\nHost: a\r\nhost: b\r\nconnection: close\r\n\r\n`);
  expect(said).toMatch(/^HTTP\/1.1 400/);
  expect(api.lines).toEqual([]);
});

it('counts what is in flight, and whose client left before the answer as 499', async () => {
  const api = await started();
  const socket = connect(api.port, '127.0.0.1');
  socket.write('POST /api HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\nexpect: 100-continue\r\n\r\nab');
  await once(socket, 'data');
  expect(await series(api, 'http_requests_in_flight{component="api"}')).toBe('1');
  socket.destroy();
  await expect.poll(() => requests(api, 'POST', '/api', 499)).toBe('1');
  expect(await series(api, 'http_requests_in_flight{component="api"}')).toBe('0');
  expect(api.lines).toEqual([]);
});

it('logs the cause of its own failure, and answers without it', async () => {
  const failures: string[] = [];
  const api = await started({
    received: () => {
      throw new Error('the disk is full of secrets');
    },
    failed: (error) => void failures.push(error.message),
  });
  const { status, body } = await api.ask('/api');
  expect([status, body]).toEqual([500, '{"statusCode":500,"error":"Internal Server Error"}']);
  expect(failures).toEqual(['the disk is full of secrets']);
  expect(await requests(api, 'GET', '/api', 500)).toBe('1');
  expect(JSON.parse((await api.ask('/metrics.json')).body)).toMatchObject({ '500_count': 1 });
});
