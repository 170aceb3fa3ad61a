import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { html } from '../view/html.ts';
import type { Region } from '../view/page.ts';
import { Streams } from './streams.ts';

const opened: (() => void)[] = [];
afterEach(() => {
  for (const close of opened.splice(0)) close();
});

/** A server whose every request follows the same page. */
async function following(render: () => readonly Region[]) {
  const streams = new Streams({ limit: 10 });
  const server = createServer((_request, response) => streams.follow('page', response, render)).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  opened.push(() => {
    streams.close();
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const follow = () => {
    const socket = connect(port, '127.0.0.1');
    let heard = '';
    socket.on('data', (chunk) => {
      heard += chunk.toString();
    });
    socket.write('GET / HTTP/1.1\r\nhost: a\r\n\r\n');
    return { socket, heard: () => heard };
  };
  return { streams, follow };
}

describe('a stream', () => {
  it('begins with the whole page, then has only what changed, rendered once for all', async () => {
    let count = 0;
    let rendered = 0;
    const { streams, follow } = await following(() => {
      rendered += 1;
      return [
        { id: 'same', content: html`<p>same</p>` },
        { id: 'count', content: html`<p>${count}</p>` },
      ];
    });
    const [a, b] = [follow(), follow()];
    await expect.poll(() => [a.heard(), b.heard()].every((text) => text.includes('same'))).toBe(true);
    streams.update();
    rendered = 0;
    count = 7;
    streams.update();
    expect(rendered).toBe(1);
    await expect.poll(() => b.heard()).toContain('{"count":"<p>7</p>"}');
    expect(a.heard().match(/<p>7<\/p>/g)).toHaveLength(1);
  });

  it('is forgotten when the browser leaves, and ended when the board stops', async () => {
    const { streams, follow } = await following(() => []);
    const [a, b] = [follow(), follow()];
    await expect.poll(() => streams.size).toBe(2);
    a.socket.destroy();
    await expect.poll(() => streams.size).toBe(1);
    streams.close();
    await expect.poll(() => b.heard()).toContain('0\r\n\r\n');
  });
});
