import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
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
    ...{ url, username: 'admin', password: 'sesame', signal, log, retryMs: 1 },
  });
  return { management, lines };
}

const says =
  (status: number, body = ''): Answer =>
  (_, response) =>
    void response.writeHead(status).end(body);

it('asks under /api as the user it was given, with or without a slash at the end of the URL', async () => {
  const { port, requests } = await broker(says(200, '{"name":"jobs"}'));
  for (const url of [`http://127.0.0.1:${port}`, `http://127.0.0.1:${port}/`])
    expect(await client(url).management.get('queues/%2F/jobs')).toEqual({ name: 'jobs' });
  const authorization = `Basic ${Buffer.from('admin:sesame').toString('base64')}`;
  expect(requests).toEqual(Array(2).fill({ method: 'GET', url: '/api/queues/%2F/jobs', authorization }));
});

it('tells what is absent from what is refused', async () => {
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

it('uses and shows no credentials of the URL', async () => {
  const { port, requests } = await broker(says(200, '{}'));
  const { management } = client(`http://other:hidden@127.0.0.1:${port}`, AbortSignal.timeout(2000));
  expect(await management.get('overview')).toEqual({});
  expect(requests[0]?.authorization).toBe(`Basic ${Buffer.from('admin:sesame').toString('base64')}`);
  const gone = client(`http://other:hidden@127.0.0.1:${port}`, AbortSignal.abort());
  const error = await gone.management.get('overview').catch(String);
  expect([error, ...gone.lines].join()).not.toMatch(/hidden|sesame/);
});
