import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AddressGuard } from '../addresses.ts';

/** Lets requests reach this host, as tests must. */
export const loopback = new AddressGuard([
  { address: '127.0.0.0', prefix: 8 },
  { address: '::1', prefix: 128 },
]);

export interface Source {
  readonly port: number;
  readonly origin: string;
  readonly requests: IncomingMessage[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** A real HTTP server on loopback for one test. */
export async function serve(
  answer: (response: ServerResponse, request: IncomingMessage) => void,
): Promise<Source> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(response, request);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await once(server.close(), 'close');
  };
  return { port, origin: `http://127.0.0.1:${port}`, requests, [Symbol.asyncDispose]: close };
}

/** Answers with JSON, which may change from request to request. */
export const serveJson = (body: () => unknown): Promise<Source> =>
  serve((response) => void response.end(JSON.stringify(body())));
