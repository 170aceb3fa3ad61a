import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addressOfUrl, TcpProxy } from '../support/tcp-proxy.ts';

/** A server that says back what it hears. */
let proxy: TcpProxy;
let heard: string;
let served: Socket[];
const server = createServer({ allowHalfOpen: true }, (socket) => {
  served.push(socket.on('error', () => {}));
  socket.on('data', (chunk) => {
    heard += chunk;
    socket.write(chunk);
  });
});

beforeEach(async () => {
  heard = '';
  served = [];
  await once(server.listen(0, '127.0.0.1'), 'listening');
  proxy = await TcpProxy.to({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
});
afterEach(async () => {
  await proxy.close();
  for (const socket of served) socket.destroy();
  await once(server.close(), 'close');
});

async function dial(port = proxy.port) {
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  const seen = { text: '', error: '', ended: false };
  socket.on('data', (chunk) => {
    seen.text += chunk;
  });
  socket.on('error', ({ message }) => {
    seen.error = message;
  });
  socket.on('end', () => {
    seen.ended = true;
  });
  await once(socket, 'connect');
  return { socket, seen };
}

/** Connected, and heard back once. */
async function talking(port?: number) {
  const dialled = await dial(port);
  dialled.socket.write('a');
  await expect.poll(() => dialled.seen.text).toBe('a');
  return dialled;
}

it('passes bytes both ways, and counts its connections', async () => {
  const { socket } = await talking();
  expect([proxy.open, proxy.accepted]).toEqual([1, 1]);
  socket.end();
  await expect.poll(() => served[0]?.readableEnded).toBe(true);
  served[0]?.end();
  await expect.poll(() => proxy.open).toBe(0);
});

it('puts itself in place of host and port', () => {
  expect(proxy.through('amqp://u:p@broker:5000/%2f')).toBe(`amqp://u:p@127.0.0.1:${proxy.port}/%2f`);
  expect(addressOfUrl('amqps://[::1]/x')).toEqual({ host: '::1', port: 5671 });
});

describe('a fault', () => {
  it('stall keeps the bytes until it ends', async () => {
    const { socket, seen } = await talking();
    proxy.stall('up');
    socket.write('b');
    const { seen: late, socket: other } = await dial();
    other.write('c');
    // What goes around the proxy arrives meanwhile.
    const direct = await talking((server.address() as AddressInfo).port);
    expect([heard, seen.text, late.text]).toEqual(['aa', 'a', '']);
    proxy.pass();
    await expect.poll(() => [seen.text, late.text]).toEqual(['ab', 'c']);
    direct.socket.destroy();
  });

  it('swallow loses them', async () => {
    const { socket, seen } = await talking();
    proxy.swallow('down');
    socket.write('b');
    await expect.poll(() => heard).toBe('ab');
    proxy.swallow('up');
    socket.write('c');
    await expect.poll(() => socket.bytesWritten).toBe(3);
    proxy.pass();
    socket.write('d');
    await expect.poll(() => heard).toMatch(/d$/);
    await expect.poll(() => seen.text).toMatch(/^a.*d$/);
    expect(seen.text).not.toContain('b');
  });

  it('reset breaks every connection off on both sides', async () => {
    const { seen } = await talking();
    expect(proxy.reset()).toBe(1);
    await expect.poll(() => served[0]?.destroyed).toBe(true);
    await expect.poll(() => seen.error).toContain('ECONNRESET');
    await expect.poll(() => proxy.open).toBe(0);
  });

  it('half-close ends one way and passes the other', async () => {
    const { socket, seen } = await talking();
    proxy.halfClose('down');
    await expect.poll(() => seen.ended).toBe(true);
    socket.write('b');
    await expect.poll(() => heard).toBe('ab');
  });

  it('refuse resets what comes and keeps what is there', async () => {
    const { socket, seen } = await talking();
    proxy.refuse();
    const { seen: late } = await dial().catch((error: Error) => ({ seen: { error: error.message } }));
    await expect.poll(() => late.error).toContain('ECONNRESET');
    socket.write('b');
    await expect.poll(() => seen.text).toBe('ab');
    proxy.pass();
    await talking();
  });

  it('delay passes them later, in order', async () => {
    const { socket, seen } = await talking();
    proxy.delay(100);
    const begun = performance.now();
    for (const text of 'bcdef') socket.write(text);
    await expect.poll(() => seen.text).toBe('abcdef');
    // There and back.
    expect(performance.now() - begun).toBeGreaterThan(190);
  });
});

it('breaks its client off where the server is gone', async () => {
  for (const socket of served) socket.destroy();
  await once(server.close(), 'close');
  const { seen } = await dial().catch((error: Error) => ({ seen: { error: error.message } }));
  await expect.poll(() => seen.error).toContain('ECONNRESET');
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
