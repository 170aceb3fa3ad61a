import { createRegistry } from '@sluice/runtime';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { say } from '../../test/support/say.ts';
import type { AcceptedRequest } from './accept.ts';
import { createApp } from './app.ts';
import { injectMetrics } from './metrics.ts';

const accepted: AcceptedRequest[] = [];
let app: ReturnType<typeof createApp>;
let port: number;
beforeEach(async () => {
  accepted.length = 0;
  const registry = createRegistry('inject');
  app = createApp({
    acceptor: {
      accept: async (request) => {
        accepted.push(request);
        return 'accepted';
      },
    },
    ...{ registry, metrics: injectMetrics(registry), ready: () => undefined, failed: () => {} },
    ...{ maxBodyBytes: 10_000, acceptMs: 1000, requestMs: 1000 },
  });
  port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
});
afterEach(() => app.close());

const body = JSON.stringify({
  ...{ currency: 'EUR', exponent: 2 },
  entries: [
    { account: 'a', amount: -5 },
    { account: 'b', amount: 5 },
  ],
});
const post = (target: string, hosts: string) =>
  say(
    port,
    `POST ${target} HTTP/1.1\r\n${hosts}idempotency-key: k\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
  );

it('takes a request whose target is a whole URL', async () => {
  expect(await post('http://inject:8080/transactions', 'host: inject\r\n')).toMatch(/^HTTP\/1.1 202 /);
  expect(accepted).toHaveLength(1);
});

it('accepts nothing of a request with two Host headers: 400, and counted', async () => {
  const answer = await post('/transactions', 'host: inject\r\nHost: other\r\n');
  expect(answer).toMatch(/^HTTP\/1.1 400 /);
  expect(answer).toContain('the request must have one Host header');
  expect(accepted).toEqual([]);
  expect((await app.inject('/metrics')).body).toMatch(/outcome="invalid"[^\n]* 1\n/);
});
