import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import type { HttpRequest } from './http-client.ts';
import { openStream, streamedLines } from './http-stream.ts';

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  if (server?.listening) await once(server.close(), 'close');
});

async function serve(answer: (response: ServerResponse) => void): Promise<string> {
  server = createServer((_, response) => answer(response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/logs`;
}

async function collect<T>(all: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of all) found.push(one);
  return found;
}

const linesOf = async (url: string, changed: Partial<HttpRequest> = {}) => {
  const { body } = await openStream({ url, timeoutMs: 20_000, ...changed });
  return collect(streamedLines(body, 1000));
};

describe('a body that is read as it arrives', () => {
  it('is given line by line, and its connection ends when it is left', async () => {
    let closed = false;
    const url = await serve((response) => {
      const more = () => void (response.writable && response.write('{"a":"é"}\n', more));
      response.on('close', () => {
        closed = true;
      });
      more();
    });
    const { body } = await openStream({ url, timeoutMs: 20_000 });
    for await (const line of streamedLines(body, 1000)) {
      expect(line).toBe('{"a":"é"}');
      break;
    }
    await expect.poll(() => closed).toBe(true);
  });

  it.each([
    [
      'breaks off',
      (response: ServerResponse) => response.write('a\nb', () => response.destroy()),
      'unreachable',
    ],
    ['never ends', (response: ServerResponse) => response.write('a\n'), 'timeout'],
    ['has a line without an end', (response: ServerResponse) => response.end('x'.repeat(5000)), 'too-large'],
    [
      'is elsewhere',
      (response: ServerResponse) => response.writeHead(302, { location: '/b' }).end(),
      'redirect',
    ],
  ])('and %s fails', async (_, answer, reason) => {
    const url = await serve((response) => void answer(response));
    await expect(linesOf(url, { timeoutMs: reason === 'timeout' ? 100 : 20_000 })).rejects.toMatchObject({
      reason,
    });
  });

  it("ends with the caller's signal", async () => {
    const url = await serve((response) => response.write('a\n'));
    const controller = new AbortController();
    const reading = linesOf(url, { signal: controller.signal });
    controller.abort();
    await expect(reading).rejects.toMatchObject({ reason: 'aborted' });
  });
});

it('lines are the same however the stream is cut', async () => {
  const texts = fc.array(
    fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replaceAll('\n', ' ')),
    { maxLength: 20 },
  );
  const property = fc.asyncProperty(texts, fc.array(fc.nat(200), { maxLength: 10 }), async (lines, cuts) => {
    const whole = Buffer.from(lines.map((line) => `${line}\n`).join(''));
    const places = [0, ...cuts.map((cut) => Math.min(cut, whole.length)).sort((a, b) => a - b), whole.length];
    const chunks = places.slice(1).map((end, index) => whole.subarray(places[index], end));
    const stream = (async function* () {
      yield* chunks;
    })();
    expect(await collect(streamedLines(stream, 1000))).toEqual(lines.filter((line) => line !== ''));
  });
  await fc.assert(property);
});
