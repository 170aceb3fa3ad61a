import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { Socket } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { namesSeveralHosts, originForm, pathOf } from '@sluice/runtime';
import { CLIENT_CLOSED_REQUEST, type HttpMetrics } from './metrics.ts';

/** The mean delay of the event loop since the last reading, seconds. */
export type DelayReading = () => number;

/** From what delay on requests are refused. */
export interface OverloadOptions {
  readonly read: DelayReading;
  readonly maxSeconds: number;
  readonly changed: (overloaded: boolean, delaySeconds: number) => void;
}

/** Overloaded as long as the last reading of the event loop's delay was above the limit. */
export class Overload {
  readonly #options: OverloadOptions;
  #overloaded = false;

  constructor(options: OverloadOptions) {
    this.#options = options;
  }

  get overloaded(): boolean {
    return this.#overloaded;
  }

  sample(): void {
    const { read, maxSeconds, changed } = this.#options;
    const delay = read();
    const overloaded = delay > maxSeconds;
    if (overloaded === this.#overloaded) return;
    this.#overloaded = overloaded;
    changed(overloaded, delay);
  }

  /** Samples again and again. @returns what ends it */
  watch(everyMs: number): () => void {
    const timer = setInterval(() => this.sample(), everyMs);
    timer.unref();
    return () => clearInterval(timer);
  }
}

const RESOLUTION_MS = 10;

/** @see https://nodejs.org/api/perf_hooks.html#perf_hooksmonitoreventloopdelayoptions */
export function eventLoopDelay(): DelayReading {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  return () => {
    // Nothing recorded gives NaN; an interval in time measures its own resolution.
    const delayMs = histogram.count === 0 ? 0 : histogram.mean / 1e6 - RESOLUTION_MS;
    histogram.reset();
    return Math.max(0, delayMs) / 1000;
  };
}

/** A connection becomes idle when its request in flight is answered. */
const LOOK_MS = 50;

/** What the stop needs of a server. */
export type ServerLike = Pick<Server, 'close'>;

/** How the server stops taking requests, in steps of seconds. */
export interface DrainOptions {
  readonly server: ServerLike;
  readonly delaySeconds: number;
  readonly lingerSeconds: number;
  /** From now on each answer closes its connection. */
  readonly linger: () => void;
  /** Closes every connection without a request in flight. */
  readonly closeIdle: () => void;
  /** @default the real clock */
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/**
 * Ends a server that has just become unready so that no request fails. At first it serves on, until nothing
 * routes to it any more. Then each answer closes its connection: clients that hold one move elsewhere at a moment
 * that is theirs. At last it takes no more connections and closes those that were idle all the while.
 * Resolves when the last request has its answer.
 */
export async function drain(options: DrainOptions): Promise<void> {
  const { server, delaySeconds, lingerSeconds, linger, closeIdle, sleep = wait } = options;
  await sleep(delaySeconds * 1000);
  linger();
  await sleep(lingerSeconds * 1000);
  let closed = false;
  server.close(() => {
    closed = true;
  });
  while (!closed) {
    closeIdle();
    await sleep(LOOK_MS);
  }
}

export type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void;

/** What a request may need at most: bytes and seconds. */
export interface GateLimits {
  readonly urlBytes: number;
  readonly headerBytes: number;
  readonly requestSeconds: number;
  readonly connectionSeconds: number;
  readonly keepAliveSeconds: number;
}

/** The limits of requests, and who handles those that keep them. */
export interface GateOptions {
  readonly limits: GateLimits;
  readonly metrics: HttpMetrics;
  /** The service's own endpoints: neither counted nor shed. */
  readonly own: ReadonlySet<string>;
  /** The pattern of the route that takes a path. */
  readonly routeOf: (path: string) => string;
  /** Whether a request shall be turned away. */
  readonly overloaded: () => boolean;
  readonly retryAfterSeconds: number;
  /** Milliseconds of a clock that never goes back. @default performance.now */
  readonly now?: () => number;
}

/**
 * Measures every request and turns away what must not reach the handler: cheaply, because it does so when there
 * is too much to do. What cannot be read at all is answered and counted too.
 */
export class RequestGate {
  readonly #options: GateOptions;
  readonly #now: () => number;
  readonly #inHand = new Set<ServerResponse>();
  readonly #sockets = new Set<Socket>();
  /** The status that a connection got whose request broke off. */
  readonly #refusals = new WeakMap<Socket, number>();
  #lingering = false;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    options.metrics.inFlight(() => this.#inHand.size);
  }

  /** @returns a server that does not listen yet */
  server(handler: RequestHandler): Server {
    const { limits } = this.#options;
    const server = createServer(serverOptions(limits), (request, response) =>
      this.#enter(request, response, handler),
    );
    server.setTimeout(limits.connectionSeconds * 1000);
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    server.on('clientError', (error, socket) => this.#refuse(error, socket as Socket));
    return server;
  }

  /** From now on each answer closes its connection, also those of the requests in flight. */
  linger(): void {
    this.#lingering = true;
    for (const response of this.#inHand) if (!response.headersSent) response.setHeader('connection', 'close');
  }

  /** Closes the connections that have never sent anything; to the server itself they are not idle. */
  closeUnused(): void {
    for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroy();
  }

  #enter(request: IncomingMessage, response: ServerResponse, handler: RequestHandler): void {
    if (this.#lingering) response.setHeader('connection', 'close');
    const url = originForm(request.url ?? '');
    request.url = url;
    const path = pathOf(url);
    const start = this.#now();
    const ambiguous = namesSeveralHosts(request);
    const own = this.#options.own.has(path);
    if (ambiguous) turnAway(request, response, 400);
    else if (own) handler(request, response);
    else if (url.length > this.#options.limits.urlBytes) turnAway(request, response, 414);
    else if (this.#options.overloaded()) this.#shed(request, response);
    else handler(request, response);
    if (own) return;
    // Nearly all are answered by now: the others alone need a listener.
    if (response.writableEnded) this.#finished(request, path, response.statusCode, start);
    else this.#await(request, path, response, start);
  }

  #await(request: IncomingMessage, path: string, response: ServerResponse, start: number): void {
    this.#inHand.add(response);
    response.on('close', () => {
      this.#inHand.delete(response);
      const unanswered = this.#refusals.get(request.socket) ?? CLIENT_CLOSED_REQUEST;
      const status = response.writableFinished ? response.statusCode : unanswered;
      this.#finished(request, path, status, start);
    });
  }

  #finished({ method = '' }: IncomingMessage, path: string, status: number, start: number): void {
    const { metrics, routeOf } = this.#options;
    metrics.finished(method, routeOf(path), status, (this.#now() - start) / 1000);
  }

  #shed(request: IncomingMessage, response: ServerResponse): void {
    this.#options.metrics.shed();
    response.setHeader('retry-after', this.#options.retryAfterSeconds);
    turnAway(request, response, 503);
  }

  /** Answers what cannot be read (on); a client that has left gets no answer. */
  #refuse(error: NodeJS.ErrnoException, socket: Socket): void {
    if (CLIENT_LEFT.has(error.code ?? '') || !socket.writable) {
      socket.destroy();
      return;
    }
    const status = STATUS_OF[error.code ?? ''] ?? 400;
    // A request of which the head was read is counted with its route, when its connection is gone.
    if (this.#isInHand(socket)) this.#refusals.set(socket, status);
    else this.#options.metrics.refused(status);
    socket.end(refusal(status));
  }

  #isInHand(socket: Socket): boolean {
    for (const response of this.#inHand) if (response.socket === socket) return true;
    return false;
  }
}

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

/** Broken off, or ended in the midst of a request. */
const CLIENT_LEFT: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'HPE_INVALID_EOF_STATE']);

const STATUS_OF: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

function refusal(status: number): string {
  const body = JSON.stringify({ statusCode: status, error: STATUS_CODES[status] });
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\n`;
  const about = `content-type: application/json; charset=utf-8\r\ncontent-length: ${body.length}\r\n`;
  return `${head}${about}\r\n${body}`;
}
