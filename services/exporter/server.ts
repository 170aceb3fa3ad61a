import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpServer, ReadinessCheck, Registry } from '@sluice/runtime';
import { CONTENT_TYPE, encode } from './exposition.ts';
import type { ProbeAnswer, ProbeRequest } from './probe.ts';

export interface ServerOptions {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly registry: Registry;
  /** Text of the targets' series, in pieces. */
  readonly expose: () => Iterable<string>;
  readonly probe: (request: ProbeRequest) => Promise<ProbeAnswer>;
  readonly ready: ReadinessCheck;
}

type Route = (response: ServerResponse, request: IncomingMessage, search: URLSearchParams) => unknown;

/** Serves /metrics, /probe, /livez and /readyz. @throws Error when the address is taken */
export async function serveExporter(options: ServerOptions): Promise<HttpServer> {
  const routes = routesOf(options);
  const server = createServer((request, response) => {
    const url = URL.parse(request.url ?? '', 'http://exporter');
    const route = routes.get(url?.pathname ?? '');
    if (route === undefined) return void response.writeHead(404).end();
    // What can fail is the client's connection: then there is nobody to tell.
    Promise.resolve(route(response, request, url?.searchParams ?? new URLSearchParams())).catch(() =>
      response.destroy(),
    );
  }).listen(options.port, options.host);
  await once(server, 'listening');
  const close = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return { port: (server.address() as AddressInfo).port, close };
}

function routesOf({ registry, expose, probe, ready }: ServerOptions): ReadonlyMap<string, Route> {
  return new Map<string, Route>([
    ['/livez', (response) => response.end('ok\n')],
    [
      '/readyz',
      (response) => {
        const missing = ready();
        response.writeHead(missing === undefined ? 200 : 503).end(`${missing ?? 'ok'}\n`);
      },
    ],
    [
      '/metrics',
      async (response) => {
        response.setHeader('content-type', CONTENT_TYPE);
        // Prometheus reads what it asks for: all of it at once would be larger than the series themselves.
        for (const chunk of encode(textsOf(await registry.metrics(), expose()))) await write(response, chunk);
        response.end();
      },
    ],
    [
      '/probe',
      async (response, { headers }, search) => {
        const seconds = Number(headers['x-prometheus-scrape-timeout-seconds']);
        const scrapeTimeoutSeconds = seconds > 0 ? seconds : Number.POSITIVE_INFINITY;
        const target = search.get('target');
        const { status, body } = await probe({ target, module: search.get('module'), scrapeTimeoutSeconds });
        response
          .writeHead(status, { 'content-type': status === 200 ? CONTENT_TYPE : 'text/plain' })
          .end(body);
      },
    ],
  ]);
}

function* textsOf(own: string, series: Iterable<string>): Generator<string> {
  yield own;
  yield* series;
}

/** Resolves when the bytes are on their way. @throws Error when the client is gone */
const write = (response: ServerResponse, chunk: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    response.write(chunk, (error) => (error ? reject(error) : resolve()));
  });
