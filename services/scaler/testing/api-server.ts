import type { ServerResponse } from 'node:http';
import { KubeConfig } from '@kubernetes/client-node';
import { connectKubernetes } from '../kube/clients.ts';
import { json, serve } from './serve.ts';

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
