import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { accepting, opensAmqp } from './listening.ts';

async function listening(answer: (socket: Socket) => void) {
  const server = createServer((socket) => answer(socket.on('error', () => {})));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, [Symbol.asyncDispose]: async () => void server.close() };
}

it('a broker that accepts connections and closes them does not open AMQP yet', async () => {
  await using server = await listening((socket) => socket.end());
  expect([await accepting(server.port), await opensAmqp(server.port)]).toEqual([true, false]);
});

it('a broker that answers the header of the protocol does', async () => {
  const headers: string[] = [];
  await using server = await listening((socket) =>
    socket.once('data', (data) => {
      headers.push(data.toString('hex'));
      socket.write('\x01');
    }),
  );
  expect(await opensAmqp(server.port)).toBe(true);
  expect(headers).toEqual(['414d515000000901']);
});

it('a port that nothing listens on does neither', async () => {
  const { port, [Symbol.asyncDispose]: close } = await listening(() => {});
  await close();
  expect([await accepting(port), await opensAmqp(port)]).toEqual([false, false]);
});
