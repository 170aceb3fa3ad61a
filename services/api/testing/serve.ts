import { once } from 'node:events';
import { type IncomingHttpHeaders, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { createRegistry } from '@sluice/runtime';
import { type ApiOptions, createApi } from '../app.ts';
import { httpMetrics } from '../metrics.ts';
import { redaction } from '../query.ts';
import { queryLog } from '../query-log.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export const queryLimits = { parameters: 4, nameLength: 16, valueLength: 32, redacts: redaction('token') };

/** The service on a free port of this machine, with small limits; its query lines are kept. */
export async function serve(changed: Partial<ApiOptions> = {}) {
  const registry = createRegistry('api');
  const lines: string[] = [];
  const { server, gate } = await createApi({
    limits: {
      ...{ urlBytes: 1000, headerBytes: 2000 },
      ...{ requestSeconds: 0.2, connectionSeconds: 5, keepAliveSeconds: 5 },
    },
    ...{ bodyBytes: 100, registry, metrics: httpMetrics(registry), retryAfterSeconds: 7 },
    overloaded: () => false,
    ready: () => undefined,
    received: queryLog({ limits: queryLimits, write: (line) => lines.push(line) }),
    failed: () => {},
    ...changed,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const ask = async (path: string, { method = 'GET', headers = {}, body }: Ask = {}): Promise<Answer> => {
    const asked = request({ port, path, method, headers, agent: false });
    asked.end(body);
    const [response] = await once(asked, 'response');
    return { status: response.statusCode, headers: response.headers, body: await text(response) };
  };
  /** Sends bytes as they are. @returns all that comes back until the connection is closed */
  const say = async (bytes: string): Promise<string> => {
    const socket = connect(port, '127.0.0.1');
    socket.write(bytes);
    return text(socket);
  };
  const close = async (): Promise<void> => {
    server.close();
    server.closeAllConnections();
  };
  return { ask, say, close, lines, gate, server, port };
}

export type Served = Awaited<ReturnType<typeof serve>>;
