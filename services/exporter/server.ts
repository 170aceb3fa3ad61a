import type { ServerResponse } from 'node:http';
import { type HttpServer, type ReadinessCheck, type Registry, serveRoutes } from '@sluice/runtime';
import { CONTENT_TYPE, encode } from './exposition.ts';
import type { ProbeAnswer, ProbeRequest } from './probe.ts';

/** The port of the exporter, and who answers. */
export interface ServerOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly registry: Registry;
  /** Text of the targets' series, in pieces. */
  readonly expose: () => Iterable<string>;
  readonly probe: (request: ProbeRequest) => Promise<ProbeAnswer>;
  readonly ready: ReadinessCheck;
}

/** Serves /metrics, /probe, /livez and /readyz. @throws Error when the address is taken */
export const serveExporter = ({
  registry,
  expose,
  probe,
  ready,
  ...at
}: ServerOptions): Promise<HttpServer> =>
  serveRoutes(at, [ready], {
    '/metrics': async (response) => {
      response.setHeader('content-type', CONTENT_TYPE);
      // Prometheus reads what it asks for: all of it at once would be larger than the series themselves.
      for (const chunk of encode(textsOf(await registry.metrics(), expose()))) await write(response, chunk);
      response.end();
    },
    '/probe': async (response, { headers, url = '' }) => {
      const { searchParams: search } = new URL(url, 'http://exporter');
      const seconds = Number(headers['x-prometheus-scrape-timeout-seconds']);
      const scrapeTimeoutSeconds = seconds > 0 ? seconds : Number.POSITIVE_INFINITY;
      const target = search.get('target');
      const { status, body } = await probe({ target, module: search.get('module'), scrapeTimeoutSeconds });
      response.writeHead(status, { 'content-type': status === 200 ? CONTENT_TYPE : 'text/plain' }).end(body);
    },
  });

function* textsOf(own: string, series: Iterable<string>): Generator<string> {
  yield own;
  yield* series;
}

/** Resolves when the bytes are on their way. @throws Error when the client is gone */
const write = (response: ServerResponse, chunk: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    response.write(chunk, (error) => (error ? reject(error) : resolve()));
  });
