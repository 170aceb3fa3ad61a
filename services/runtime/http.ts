import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import { namesSeveralHosts, originForm, pathOf } from './request-target.ts';

/** @returns undefined when all is well, else what is wrong, in a few words. */
export type HealthCheck = () => string | undefined;
export type ReadinessCheck = HealthCheck;

/** Where the server of metrics and health listens, and what it serves. */
export interface HttpOptions {
  readonly registry: Registry;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** All must pass for /readyz. @default none */
  readonly ready?: readonly ReadinessCheck[];
  /** All must pass for /livez; one that fails gets the process restarted. @default none */
  readonly live?: readonly HealthCheck[];
}

/** A server that listens. */
export interface HttpServer {
  readonly port: number;
  close(): Promise<void>;
}

/** What answers a path; a rejection breaks the connection off, for only that can have failed. */
export type Route = (response: ServerResponse, request: IncomingMessage) => void | Promise<void>;

/** Path, without the query -> what answers it; anything else is 404. */
export type Routes = Readonly<Record<string, Route>>;

/**
 * Serves /metrics, /livez (200 as long as the event loop turns and its checks pass) and /readyz (200, or 503 and what is missing).
 * @throws Error when the address is taken
 */
export const serveHttp = ({ registry, host, port, ready = [], live }: HttpOptions): Promise<HttpServer> =>
  serveRoutes({ host, port, ...(live && { live }) }, ready, {
    '/metrics': async (response) => {
      const body = await registry.metrics();
      response.setHeader('content-type', registry.contentType).end(body);
    },
  });

/** Serves /livez and /readyz, and the routes beside them. @throws Error when the address is taken */
export async function serveRoutes(
  { host, port, live = [] }: Pick<HttpOptions, 'host' | 'port' | 'live'>,
  ready: readonly ReadinessCheck[],
  others: Routes,
): Promise<HttpServer> {
  const routes = new Map<string, Route>([
    ['/livez', (response) => answerHealth(response, live)],
    ['/readyz', (response) => answerHealth(response, ready)],
    ...Object.entries(others),
  ]);
  const server = createServer((request, response) => {
    const route = routes.get(pathOf(originForm(request.url ?? '')));
    if (namesSeveralHosts(request)) response.writeHead(400).end();
    else if (route === undefined) response.writeHead(404).end();
    else Promise.resolve(route(response, request)).catch((error: Error) => response.destroy(error));
  }).listen(port, host);
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { port: (server.address() as AddressInfo).port, close };
}

function answerHealth(response: ServerResponse, checks: readonly HealthCheck[]): void {
  const missing = checks.map((check) => check()).filter((text) => text !== undefined);
  response.writeHead(missing.length === 0 ? 200 : 503);
  response.end(missing.length === 0 ? 'ok\n' : `${missing.join('\n')}\n`);
}
