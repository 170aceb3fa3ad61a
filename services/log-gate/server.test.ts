import { once } from 'node:events';
import { createServer, type Server, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Answer, Push } from './gate.ts';
import { PushRoute } from './server.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function setup(pass: (push: Push) => Promise<Answer>, maxHeldBytes = 1000) {
  let full = 0;
  const onFull = (): void => {
    full += 1;
  };
  const route = new PushRoute({ pass, maxHeldBytes, onFull });
  server = createServer((request, response) => void route.route(response, request)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return { url, route, full: () => full };
}

const written: Answer = { status: 200, body: 'written' };

describe('the route of pushes', () => {
  it('passes on the body and what is said of it, and nothing else', async () => {
    const passed: Push[] = [];
    const { url, route } = await setup(async (push) => {
      passed.push(push);
      return written;
    });
    const headers = { 'content-type': 'application/x-protobuf', 'VL-Stream-Fields': 'a,b', cookie: 'c' };
    const response = await fetch(url, { method: 'POST', headers, body: 'records' });
    expect([response.status, await response.text()]).toEqual([200, 'written']);
    expect(passed).toEqual([
      {
        headers: { 'content-type': 'application/x-protobuf', 'vl-stream-fields': 'a,b' },
        body: Buffer.from('records'),
      },
    ]);
    expect(route.heldBytes).toBe(0);
  });

  it('holds no more bytes than it may, and asks for the rest again', async () => {
    const first = Promise.withResolvers<Answer>();
    const taken = Promise.withResolvers<void>();
    const { url, route, full } = await setup(() => {
      taken.resolve();
      return first.promise;
    });
    const held = fetch(url, { method: 'POST', body: 'x'.repeat(900) });
    await taken.promise;
    expect(route.heldBytes).toBe(900);
    const refused = await fetch(url, { method: 'POST', body: 'x'.repeat(200) });
    expect([refused.status, refused.headers.get('retry-after'), full()]).toEqual([503, '1', 1]);
    first.resolve(written);
    expect((await held).status).toBe(200);
    expect(route.heldBytes).toBe(0);
  });

  it('takes nothing but pushes', async () => {
    const { url } = await setup(async () => written);
    expect((await fetch(url)).status).toBe(405);
  });

  it('gives back the room of an agent that is gone', async () => {
    const taken = Promise.withResolvers<void>();
    const first = Promise.withResolvers<Answer>();
    const { url, route } = await setup(() => {
      taken.resolve();
      return first.promise;
    });
    const gone = send(url, { method: 'POST' }).on('error', () => {});
    gone.end('x'.repeat(900));
    await taken.promise;
    gone.destroy();
    first.resolve(written);
    await expect.poll(() => route.heldBytes).toBe(0);
  });
});
