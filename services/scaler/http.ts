import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';

export interface HttpOptions {
  readonly registry: Registry;
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
}

/** Serves /metrics, /livez and /readyz; a follower is ready too, it has nothing to wait for. */
export async function serveHttp({ registry, host, port }: HttpOptions): Promise<Server> {
  const server = createServer(({ url = '' }, response) => {
    void answer(url.split('?')[0] ?? '', response, registry);
  }).listen(port, host);
  await once(server, 'listening');
  return server;
}

async function answer(path: string, response: ServerResponse, registry: Registry): Promise<void> {
  if (path === '/livez' || path === '/readyz') {
    response.end('ok\n');
  } else if (path === '/metrics') {
    response.setHeader('content-type', registry.contentType).end(await registry.metrics());
  } else {
    response.writeHead(404).end();
  }
}
