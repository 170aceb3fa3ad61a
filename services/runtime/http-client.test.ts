import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { promisify } from 'node:util';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { HttpRequestError } from './http-body.ts';
import { type HttpRequest, request } from './http-client.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

interface Source {
  readonly origin: string;
  readonly requests: IncomingMessage[];
}

/** A real server on loopback. */
async function serve(answer: (response: ServerResponse, request: IncomingMessage) => void): Promise<Source> {
  const requests: IncomingMessage[] = [];
  const server = createServer((received, response) => {
    requests.push(received);
    answer(response, received);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(async () => {
    server.closeAllConnections();
    await once(server.close(), 'close');
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

/** A real server whose answer says that it is encoded. */
const serveEncoded = (encoding: string, body?: Buffer | string): Promise<Source> =>
  serve((response) => response.writeHead(200, { 'content-encoding': encoding }).end(body));

/** A server that speaks whatever the test says. */
async function speak(talk: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket.on('error', () => {}));
    talk(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(async () => {
    for (const socket of sockets) socket.destroy();
    await once(server.close(), 'close');
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const ask = (url: string, changed: Partial<HttpRequest> = {}) =>
  request({ url, timeoutMs: 20_000, maxBytes: 1000, ...changed });

async function failureOf(url: string, changed?: Partial<HttpRequest>): Promise<[string, string]> {
  const error = await ask(url, changed).catch((it: unknown) => it);
  if (!(error instanceof HttpRequestError)) throw new Error(`no failure: ${String(error)}`);
  return [error.reason, error.message.replaceAll(new URL(url).origin, 'ORIGIN')];
}

describe('a request', () => {
  it('gives status, headers and body of an answer, whatever the status', async () => {
    const source = await serve((response) => response.writeHead(404, { 'x-a': 'b' }).end('gone'));
    const { status, headers, body } = await ask(`${source.origin}/m?columns=a`);
    expect([status, headers['x-a'], body.toString()]).toEqual([404, 'b', 'gone']);
    expect(source.requests.map(({ method, url }) => [method, url])).toEqual([['GET', '/m?columns=a']]);
  });

  it('is sent with its method, headers, body and credentials', async () => {
    const bodies: string[] = [];
    const source = await serve((response, received) => {
      received.on('data', (chunk) => bodies.push(String(chunk))).on('end', () => response.end());
    });
    await ask(`${source.origin}/x`, {
      ...{ method: 'PUT', body: '{"a":"é"}', headers: { 'content-type': 'application/json' } },
      credentials: { username: 'us er', password: 'pä:ss' },
    });
    const [{ method, headers } = { method: '', headers: {} as IncomingMessage['headers'] }] = source.requests;
    expect([method, headers['content-type'], headers['content-length'], bodies]).toEqual([
      ...['PUT', 'application/json', '10', ['{"a":"é"}']],
    ]);
    expect(Buffer.from(String(headers.authorization).slice('Basic '.length), 'base64').toString()).toBe(
      'us er:pä:ss',
    );
  });
});

describe('a body that is encoded', () => {
  it.each([
    ['gzip', gzipSync],
    ['x-gzip', gzipSync],
    ['deflate', deflateSync],
    ['deflate', deflateRawSync],
    ['br', brotliCompressSync],
    ['identity', (text: string) => Buffer.from(text)],
  ])('by %s is asked for and decoded', async (encoding, encode) => {
    const source = await serve((response, { headers }) =>
      response
        .writeHead(200, { 'content-encoding': encoding })
        .end(encode(`asked: ${headers['accept-encoding']}`)),
    );
    expect(String((await ask(source.origin)).body)).toBe('asked: gzip, deflate, br');
  });

  it('and empty is empty', async () => {
    const source = await serveEncoded('gzip');
    expect((await ask(source.origin)).body).toHaveLength(0);
  });

  it.each([
    ['is none', 'gzip', Buffer.from('plain text')],
    ['breaks off', 'gzip', gzipSync('x'.repeat(500)).subarray(0, 12)],
    ['breaks off', 'br', brotliCompressSync('abcdefghijklmnop'.repeat(30)).subarray(0, 8)],
    ['is none', 'deflate', Buffer.from('plain text')],
  ])('and %s of %s is refused', async (_, encoding, body) => {
    const source = await serveEncoded(encoding, body);
    expect(await failureOf(source.origin)).toEqual([
      ...['bad-encoding', expect.stringContaining(`ORIGIN/: answered with what is no ${encoding}`)],
    ]);
  });

  it('in a way that was not asked for is refused', async () => {
    const source = await serveEncoded('zstd', 'x');
    expect(await failureOf(source.origin)).toEqual([
      'bad-encoding',
      'ORIGIN/: answered with content-encoding "zstd"',
    ]);
  });

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateRawSync],
  ])('by %s is bounded as it unpacks', async (encoding, encode) => {
    const bomb = encode(Buffer.alloc(500_000));
    const source = await serveEncoded(encoding, bomb);
    expect(await failureOf(source.origin, { maxBytes: 100_000 })).toEqual([
      ...['too-large', 'ORIGIN/: answered with more than 100000 bytes'],
    ]);
  });

  it('and unpacks to 400 MB takes little more memory than the bound', async () => {
    const bomb = gzipSync(Buffer.alloc(400_000_000), { level: 9 });
    const source = await serveEncoded('gzip', bomb);
    const script = `import { request } from ${JSON.stringify(new URL('http-client.ts', import.meta.url).href)};
      const before = process.resourceUsage().maxRSS;
      const { reason } = await request({ url: '${source.origin}', timeoutMs: 60_000 }).catch((error) => error);
      console.log(JSON.stringify([reason, process.resourceUsage().maxRSS - before]));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
    const [reason, kibibytes] = JSON.parse(stdout);
    expect(reason).toBe('too-large');
    expect(kibibytes).toBeLessThan(48 * 1024);
  });
});

describe('it fails on', () => {
  it.each([301, 302, 303, 307, 308])(
    'a redirect (%i), names where to, and sends nothing there',
    async (status) => {
      const elsewhere = await serve((response) => response.end('{}'));
      const location = elsewhere.origin.replace('//', '//user:sesame@');
      const source = await serve((response) =>
        response.writeHead(status, { location: `${location}/?token=sesame` }).end(),
      );
      const put = { method: 'PUT', body: 'password', credentials: { username: 'u', password: 'p' } };
      expect(await failureOf(`${source.origin}/api`, put)).toEqual([
        'redirect',
        `ORIGIN/api redirects (${status}) to ${elsewhere.origin}, which is not followed`,
      ]);
      expect(elsewhere.requests).toEqual([]);
    },
  );

  it('a body that never ends, and reads no further than the bound', async () => {
    let closed = false;
    const source = await serve((response) => {
      const more = () => void (response.writable && response.write('x'.repeat(400), more));
      response.on('close', () => {
        closed = true;
      });
      more();
    });
    expect(await failureOf(source.origin)).toEqual([
      'too-large',
      'ORIGIN/: answered with more than 1000 bytes',
    ]);
    await expect.poll(() => closed).toBe(true);
  });

  it('a body that breaks off', async () => {
    const source = await serve((response) => {
      response.writeHead(200, { 'content-length': 100 }).write('{', () => response.destroy());
    });
    expect((await failureOf(source.origin))[0]).toBe('unreachable');
  });

  it('a server that is not there', async () => {
    const { origin } = await serve(() => {});
    for (const cleanup of cleanups.splice(0)) await cleanup();
    expect(await failureOf(origin)).toEqual([
      ...['unreachable', expect.stringMatching(/^ORIGIN\/ cannot be reached: connect ECONNREFUSED/)],
    ]);
  });

  it.each([
    ['a greeting of AMQP', 'AMQP\0\0\x09\x01'],
    ['headers without end', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(100_000)}`],
  ])('what speaks no HTTP: %s', async (_, greeting) => {
    const origin = await speak((socket) => socket.write(greeting));
    expect(await failureOf(origin)).toEqual([
      'bad-answer',
      expect.stringMatching(/^ORIGIN\/ did not answer in HTTP: /),
    ]);
  });

  it('a connection that is closed, or turned into another protocol', async () => {
    const closing = await speak((socket) => socket.end());
    expect((await failureOf(closing))[0]).toBe('unreachable');
    const turning = await speak((socket) =>
      socket.once('data', () =>
        socket.write('HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
      ),
    );
    expect((await failureOf(turning))[0]).toBe('unreachable');
  });

  it.each(['ftp://host', 'host', 'http://'])('an address that is none: %s', async (url) => {
    await expect(ask(url)).rejects.toMatchObject({ reason: 'bad-request' });
  });

  it('a URL with credentials, in words without them', async () => {
    await expect(ask('http://user:sesame@127.0.0.1:1/')).rejects.toMatchObject({
      ...{ reason: 'bad-request', message: 'the URL of http://127.0.0.1:1 must hold no credentials' },
    });
  });

  it('credentials and headers that cannot be sent, in words without them', async () => {
    const source = await serve((response) => response.end());
    const headers = { authorization: 'Bearer sesame\n' };
    expect(await failureOf(source.origin, { headers })).toEqual([
      'bad-request',
      expect.not.stringContaining('sesame'),
    ]);
    const credentials = { username: 'us:er', password: 'sesame' };
    expect((await failureOf(source.origin, { credentials }))[0]).toBe('bad-request');
    expect(source.requests).toEqual([]);
  });
});

describe('its time', () => {
  it('is over for a server that says nothing', async () => {
    const source = await serve(() => {});
    expect(await failureOf(`${source.origin}/a?token=sesame`, { timeoutMs: 50 })).toEqual([
      ...['timeout', 'ORIGIN/a did not answer within 0.05 s'],
    ]);
  });

  it('is over for a body that comes byte by byte and never ends', async () => {
    const source = await serve((response) => {
      const timer = setInterval(() => response.write(' '), 5);
      response.on('close', () => clearInterval(timer));
    });
    expect((await failureOf(source.origin, { timeoutMs: 100 }))[0]).toBe('timeout');
  });

  it('is over for a name that is not found in time', async () => {
    const lookup = () => {};
    expect((await failureOf('http://slow.invalid/', { timeoutMs: 50, lookup }))[0]).toBe('timeout');
  });

  it("is cut short by the caller's signal, before or within it", async () => {
    const source = await serve(() => {});
    expect(await failureOf(source.origin, { signal: AbortSignal.abort() })).toEqual([
      ...['aborted', 'the request of ORIGIN/ was given up'],
    ]);
    expect(source.requests).toEqual([]);
    const controller = new AbortController();
    const failed = failureOf(source.origin, { signal: controller.signal });
    await expect.poll(() => source.requests.length).toBe(1);
    controller.abort();
    expect((await failed)[0]).toBe('aborted');
    expect((await failureOf(source.origin, { signal: AbortSignal.timeout(20) }))[0]).toBe('timeout');
  });
});

it('goes only to addresses that its look-up gives, and says why it gives none', async () => {
  const source = await serve((response) => response.end('found'));
  const found = await ask(source.origin.replace('127.0.0.1', 'broker.invalid'), {
    lookup: (_name, _options, answer) => answer(null, [{ address: '127.0.0.1', family: 4 }]),
  });
  expect(found.body.toString()).toBe('found');
  const refusal = new Error('must not be reached');
  const refused = ask('http://broker.invalid/', { lookup: (_name, _options, answer) => answer(refusal, '') });
  await expect(refused).rejects.toMatchObject({ reason: 'unreachable', cause: refusal });
});
