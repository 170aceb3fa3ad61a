import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Secret } from '@sluice/runtime';
import { afterEach, expect, it } from 'vitest';
import { Management, RefusedError } from './management.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A real server that gives these answers one after the other, the last one from then on. */
async function broker(...answers: Answer[]) {
  const requests: { method?: string; url?: string; authorization?: string }[] = [];
  const server = createServer((request, response) => {
    const { method, url, headers } = request;
    const answer = answers[Math.min(requests.length, answers.length - 1)];
    requests.push({ method, url, authorization: headers.authorization } as (typeof requests)[number]);
    answer?.(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close().closeAllConnections());
  return { port: (server.address() as AddressInfo).port, requests };
}

function client(url: string, signal = new AbortController().signal) {
  const lines: string[] = [];
  const log = { warn: (facts: object) => void lines.push(JSON.stringify(facts)) } as never;
  const management = new Management({
    ...{ url, username: 'admin', password: Secret.fromText('sesame'), signal, log, retryMs: 1 },
  });
  return { management, lines };
}

const says =
  (status: number, body = ''): Answer =>
  (_, response) =>
    void response.writeHead(status).end(body);

it('asks under /api as the user it was given', async () => {
  const { port, requests } = await broker(says(200, '{"name":"jobs"}'));
  const { management } = client(`http://127.0.0.1:${port}`);
  expect(await management.get('queues/%2F/jobs')).toEqual({ name: 'jobs' });
  const authorization = `Basic ${Buffer.from('admin:sesame').toString('base64')}`;
  expect(requests).toEqual([{ method: 'GET', url: '/api/queues/%2F/jobs', authorization }]);
});

it.each([301, 302, 303, 307, 308])(
  'is sent nowhere else by a %i, and waits for no better answer',
  async (status) => {
    const other = await broker(says(200, '{}'));
    const { port, requests } = await broker((_, response) =>
      response.writeHead(status, { location: `http://127.0.0.1:${other.port}/api/users/x` }).end(),
    );
    const { management, lines } = client(`http://127.0.0.1:${port}`);
    await expect(management.put('users/x', { password: 'open' })).rejects.toThrow(`redirects (${status}) to`);
    await expect(management.get('users/x')).rejects.toThrow('is not followed');
    expect([requests.length, other.requests.length, lines.length]).toEqual([2, 0, 0]);
  },
);

it('takes no page for an answer', async () => {
  const { port } = await broker(says(200, '<html>sign in</html>'));
  await expect(client(`http://127.0.0.1:${port}`).management.get('overview')).rejects.toThrow(
    'GET overview was answered with 200 and no JSON: no management API',
  );
});

it('distinguishes what is absent from what is refused', async () => {
  const reason = { error: 'bad_request', reason: "inequivalent arg 'durable'" };
  const { port } = await broker(says(404), says(400, JSON.stringify(reason)), says(403, 'no'));
  const { management } = client(`http://127.0.0.1:${port}`);
  expect(await management.get('queues/x')).toBeUndefined();
  await expect(management.put('queues/x', {})).rejects.toThrow(
    "PUT queues/x was refused with 400: inequivalent arg 'durable'",
  );
  await expect(management.post('bindings/x', {})).rejects.toThrow(RefusedError);
});

it('asks again while the broker drops connections or answers 5xx, and says so', async () => {
  const drops: Answer = ({ socket }) => void socket.destroy();
  const { port, requests } = await broker(drops, says(503), says(200, '{}'));
  const { management, lines } = client(`http://127.0.0.1:${port}`);
  expect(await management.get('overview')).toEqual({});
  expect(requests).toHaveLength(3);
  expect(lines).toEqual([expect.any(String), '{"error":"it answered 503"}']);
});

it('gives up at the deadline with what was wrong last', async () => {
  const deadline = new AbortController();
  const { port, requests } = await broker((_, response) => {
    response.writeHead(503).end();
    if (requests.length === 3) deadline.abort();
  });
  const { management } = client(`http://127.0.0.1:${port}`, deadline.signal);
  await expect(management.get('overview')).rejects.toThrow(/within the deadline: it answered 503$/);
});

it('reads its password for each request: it may be rotated', async () => {
  const { port, requests } = await broker(says(200, '{}'));
  const passwords = ['first', 'second'];
  const management = new Management({
    ...{ url: `http://127.0.0.1:${port}`, username: 'admin', log: { warn: () => {} } },
    ...{ signal: AbortSignal.timeout(10_000), password: { read: () => passwords.shift() ?? '' } },
  });
  await management.get('overview');
  await management.get('overview');
  const sent = requests.map(({ authorization = '' }) =>
    Buffer.from(authorization.slice(6), 'base64').toString(),
  );
  expect(sent).toEqual(['admin:first', 'admin:second']);
});
