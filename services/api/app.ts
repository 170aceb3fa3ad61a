import type { Server } from 'node:http';
import { addOwnRoutes, pathOf, type ReadinessCheck, type Registry } from '@sluice/runtime';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { UNMATCHED } from './metrics.ts';
import type { Query } from './query.ts';
import type { Received } from './query-log.ts';
import { type GateOptions, RequestGate } from './request-gate.ts';

/** What the api serves, and the limits that it keeps. */
export interface ApiOptions extends Omit<GateOptions, 'own' | 'routeOf'> {
  readonly registry: Registry;
  readonly bodyBytes: number;
  readonly ready: ReadinessCheck;
  /** Logs a query and gives its answer, JSON. */
  readonly received: (received: Received) => string;
  readonly failed: (error: Error) => void;
}

const JSON_TYPE = 'application/json; charset=utf-8';
const OWN = new Set(['/metrics', '/metrics.json', '/livez', '/readyz']);

const ROOT = '/api';
const BELOW = '/api/*';
const routeOf = (path: string): string => {
  if (path === ROOT) return ROOT;
  return path.startsWith('/api/') ? BELOW : UNMATCHED;
};

/** The service but its process. */
export interface Api {
  /** Does not listen yet. */
  readonly server: Server;
  readonly gate: RequestGate;
}

/** The api as an HTTP server that does not listen yet. */
export async function createApi(options: ApiOptions): Promise<Api> {
  const gate = new RequestGate({ ...options, own: OWN, routeOf });
  const app = fastify({
    serverFactory: (handler) => gate.server(handler),
    bodyLimit: options.bodyBytes,
    frameworkErrors: (_error, _request, reply: FastifyReply) => {
      reply.code(400).send(problem(400, 'Bad Request'));
    },
  });
  // The content of a body does not matter here: it is read, within its limit, whatever its type.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, _body, done) => done(null, undefined));
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) options.failed(error);
    return reply.code(status).send(problem(status, status >= 500 ? 'Internal Server Error' : error.message));
  });
  addApi(app, options);
  addOwn(app, options);
  await app.ready();
  return { server: app.server, gate };
}

const problem = (statusCode: number, error: string) => ({ statusCode, error });

function addApi(app: FastifyInstance, { received }: ApiOptions): void {
  const handler = (request: FastifyRequest, reply: FastifyReply): void => {
    const { method, raw } = request;
    const path = pathOf(raw.url ?? '');
    reply.header('content-type', JSON_TYPE).send(received({ method, path, query: request.query as Query }));
  };
  for (const url of [ROOT, BELOW]) app.route({ method: ['GET', 'POST'], url, handler });
  app.setNotFoundHandler((request, reply) => {
    const route = routeOf(pathOf(request.raw.url ?? ''));
    if (route === UNMATCHED) return reply.code(404).send(problem(404, 'Not Found'));
    return reply.code(405).header('allow', 'GET, HEAD, POST').send(problem(405, 'Method Not Allowed'));
  });
}

function addOwn(app: FastifyInstance, options: ApiOptions): void {
  addOwnRoutes(app, options);
  app.get('/metrics.json', () => options.metrics.counts());
}
