import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { KubeConfig } from '@kubernetes/client-node';
import { connectKubernetes } from '../kube/clients.ts';

/** A file recorded from a real LavinMQ 2.9.1. */
export const fixture = (name: string): string =>
  readFileSync(new URL(`../fixtures/lavinmq-2.9.1/${name}`, import.meta.url), 'utf8');

export interface Served {
  readonly url: string;
  readonly requests: IncomingMessage[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** A real HTTP server on loopback for one test. */
export async function serve(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Served> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const close = async () => {
    server.closeAllConnections();
    await once(server.close(), 'close');
  };
  return { url: `http://127.0.0.1:${port}`, requests, [Symbol.asyncDispose]: close };
}

export const json = (response: ServerResponse, status: number, body: unknown): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly type: string | undefined;
  readonly body: unknown;
}

type Answering = (response: ServerResponse) => void;

interface Typed {
  readonly text: string;
  readonly type: string;
}

const isTyped = (answer: unknown): answer is Typed =>
  typeof answer === 'object' && answer !== null && 'text' in answer && 'type' in answer;

/** Text is a page, unless its type is given; anything else is JSON. */
function send(response: ServerResponse, status: number, answer: unknown): void {
  if (typeof answer === 'function') {
    response.statusCode = status;
    answer(response.setHeader('content-type', 'application/json'));
  } else if (typeof answer === 'string')
    response.writeHead(status, { 'content-type': 'text/html' }).end(answer);
  else if (isTyped(answer)) response.writeHead(status, { 'content-type': answer.type }).end(answer.text);
  else if (answer !== undefined) json(response, status, answer);
}

/**
 * A server that answers every request alike, or not at all, and keeps what it was asked; and the scaler's clients
 * of it.
 */
export async function apiServer(status: number, answer: object | string | Answering | undefined) {
  const calls: Call[] = [];
  const server = await serve((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const type = request.headers['content-type'];
      const { method = '', url = '' } = request;
      calls.push({ method, path: url, type, body: text === '' ? undefined : JSON.parse(text) });
      send(response, status, answer);
    });
  });
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'test', server: server.url, skipTLSVerify: true },
    { name: 'scaler' },
  );
  return {
    url: server.url,
    calls,
    apis: connectKubernetes('scaler-0', config),
    [Symbol.asyncDispose]: server[Symbol.asyncDispose],
  };
}
