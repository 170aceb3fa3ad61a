import type { ChannelModel } from 'amqplib';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { connectOptions, runSessions } from '../../services/runtime/amqp/sessions.ts';
import { parseBrokerUrl } from '../../services/runtime/broker-url.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { freshVhost, type Vhost } from '../support/vhost.ts';

let vhost: Vhost;
let proxy: TcpProxy;
beforeEach(async () => {
  vhost = await freshVhost(inject('broker'));
  proxy = await TcpProxy.to(vhost.amqpUrl);
});
afterEach(async () => {
  await proxy.close();
  await vhost.remove();
});

/** Sessions through the proxy; what is logged, and a way to end them. */
function supervise(session: (connection: ChannelModel, nth: number) => Promise<void>, url = vhost.amqpUrl) {
  const lines: string[] = [];
  const stop = new AbortController();
  const note = (facts: unknown, msg?: string) => void lines.push(JSON.stringify([facts, msg]));
  let nth = 0;
  const done = runSessions({
    target: () =>
      connectOptions({ AMQP_URL: parseBrokerUrl(proxy.through(url)), AMQP_HEARTBEAT_SECONDS: 20 }),
    log: { info: note, warn: note },
    metrics: { connected: () => {}, blocked: () => {}, lost: () => {} },
    signal: stop.signal,
    session: (connection: ChannelModel) => {
      nth += 1;
      return session(connection, nth);
    },
  });
  return { done, lines, stop };
}

it('a connection that breaks while its close is unanswered is replaced', async () => {
  let broken: number | undefined;
  const { done } = supervise(async (connection, nth) => {
    await connection.createChannel();
    if (nth === 2) return;
    // The broker cancelled the consumers; the answer to the close is lost, and then the link breaks.
    proxy.swallow('down');
    setTimeout(() => {
      proxy.pass();
      broken = proxy.reset();
    }, 100);
    throw new Error('the broker cancelled the consumer');
  });
  await done;
  expect([broken, proxy.accepted]).toEqual([1, 2]);
});

it('a connection whose close is never answered is left', async () => {
  const { done } = supervise(async () => proxy.swallow('down'));
  const begun = performance.now();
  await done;
  expect(performance.now() - begun).toBeLessThan(15_000);
  await expect.poll(() => proxy.open).toBe(0);
});

it("a virtual host that does not exist is refused in the broker's own words", async () => {
  const url = vhost.amqpUrl.replace(vhost.name, 'absent');
  const { done, lines, stop } = supervise(async () => {}, url);
  await expect.poll(() => lines.length).toBeGreaterThan(0);
  stop.abort();
  await done;
  expect(lines[0]).toContain('the broker refused the connection: 530 NOT_ALLOWED - vhost absent not found');
});

it('a peer that says nothing is left as soon as the signal comes', async () => {
  proxy.swallow('down');
  const { done, stop } = supervise(async () => {});
  await expect.poll(() => proxy.open).toBe(1);
  const begun = performance.now();
  stop.abort();
  await done;
  expect(performance.now() - begun).toBeLessThan(5000);
  await expect.poll(() => proxy.open).toBe(0);
});
