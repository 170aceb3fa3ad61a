import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { Socket } from 'node:net';
import { CLIENT_CLOSED_REQUEST, type HttpMetrics, UNMATCHED } from './metrics.ts';

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

export interface GateLimits {
  readonly urlBytes: number;
  readonly headerBytes: number;
  readonly requestSeconds: number;
  readonly connectionSeconds: number;
  readonly keepAliveSeconds: number;
}

export interface GateOptions {
  readonly limits: GateLimits;
  readonly metrics: HttpMetrics;
  /** The service's own endpoints: neither counted nor shed. */
  readonly own: ReadonlySet<string>;
  /** Whether a request shall be turned away. */
  readonly overloaded: () => boolean;
  readonly retryAfterSeconds: number;
  /** Milliseconds of a clock that never goes back. @default performance.now */
  readonly now?: () => number;
}

const ROUTE = Symbol('route');
interface Measured extends ServerResponse {
  [ROUTE]?: string;
}

/** Tells which route's pattern a request has matched; one that is never told counts as unmatched. */
export function matched(response: ServerResponse, route: string): void {
  (response as Measured)[ROUTE] = route;
}

/**
 * Measures every request and turns away what must not reach the handler: cheaply, because it does so when there
 * is too much to do. What cannot be read at all is answered and counted too.
 */
export class Gate {
  readonly #options: GateOptions;
  readonly #now: () => number;
  readonly #inHand = new Set<ServerResponse>();
  readonly #sockets = new Set<Socket>();
  #lingering = false;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    options.metrics.inFlight(() => this.#inHand.size);
  }

  /** @returns a server that does not listen yet */
  server(handler: RequestHandler): Server {
    const { limits, metrics } = this.#options;
    const server = createServer(serverOptions(limits), (request, response) =>
      this.#enter(request, response, handler),
    );
    server.setTimeout(limits.connectionSeconds * 1000);
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    server.on('clientError', (error, socket) => refuse(error, socket as Socket, metrics));
    return server;
  }

  /** From now on each answer closes its connection, also those of the requests in hand. */
  linger(): void {
    this.#lingering = true;
    for (const response of this.#inHand) if (!response.headersSent) response.setHeader('connection', 'close');
  }

  /** Closes the connections that have never sent anything; to the server itself they are not idle. */
  closeUnused(): void {
    for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroy();
  }

  #enter(request: IncomingMessage, response: Measured, handler: RequestHandler): void {
    if (this.#lingering) response.setHeader('connection', 'close');
    const url = request.url ?? '';
    if (this.#options.own.has(pathOf(url))) {
      handler(request, response);
      return;
    }
    const start = this.#now();
    if (url.length > this.#options.limits.urlBytes) turnAway(request, response, 414);
    else if (this.#options.overloaded()) this.#shed(request, response);
    else handler(request, response);
    // Nearly all are answered by now: the others alone need a listener.
    if (response.writableEnded) this.#finished(response, response.statusCode, start);
    else this.#await(response, start);
  }

  #await(response: Measured, start: number): void {
    this.#inHand.add(response);
    response.on('close', () => {
      this.#inHand.delete(response);
      const status = response.writableFinished ? response.statusCode : CLIENT_CLOSED_REQUEST;
      this.#finished(response, status, start);
    });
  }

  #finished({ req, [ROUTE]: route = UNMATCHED }: Measured, status: number, start: number): void {
    const seconds = (this.#now() - start) / 1000;
    this.#options.metrics.finished(req.method ?? '', route, status, seconds);
  }

  #shed(request: IncomingMessage, response: ServerResponse): void {
    this.#options.metrics.shed();
    response.setHeader('retry-after', this.#options.retryAfterSeconds);
    turnAway(request, response, 503);
  }
}

export const pathOf = (url: string): string => {
  const end = url.indexOf('?');
  return end === -1 ? url : url.slice(0, end);
};

const serverOptions = ({ headerBytes, requestSeconds, keepAliveSeconds }: GateLimits) => ({
  maxHeaderSize: headerBytes,
  requestTimeout: requestSeconds * 1000,
  headersTimeout: requestSeconds * 1000,
  keepAliveTimeout: keepAliveSeconds * 1000,
  connectionsCheckingInterval: Math.min(1000, requestSeconds * 250),
});

/** The body has not been read: the connection cannot serve another request. */
function turnAway(request: IncomingMessage, response: ServerResponse, status: number): void {
  if (hasBody(request)) response.setHeader('connection', 'close');
  const body = JSON.stringify({ statusCode: status, error: STATUS_CODES[status] });
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(body);
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

const STATUS_OF: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** Answers what could not be read as a request; a connection that just broke is nobody's request. */
function refuse(error: NodeJS.ErrnoException, socket: Socket, metrics: HttpMetrics): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = STATUS_OF[error.code ?? ''] ?? 400;
  metrics.refused(status);
  const body = JSON.stringify({ statusCode: status, error: STATUS_CODES[status] });
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\n`;
  const about = `content-type: application/json; charset=utf-8\r\ncontent-length: ${body.length}\r\n`;
  socket.end(`${head}${about}\r\n${body}`);
}
