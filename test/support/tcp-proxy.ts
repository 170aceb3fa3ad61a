import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Which way bytes go: `up` from the client to the server, `down` back, or both. */
export type Way = 'up' | 'down' | 'both';

/**
 * What happens to bytes: `pass`ed on; `stall`ed, so that they pile up in the kernels and the sender sees a full
 * socket; or `swallow`ed, so that the sender sees them taken.
 */
export type Treatment = 'pass' | 'stall' | 'swallow';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** The address of a URL, its port by its scheme where it names none. */
export function addressOfUrl(text: string): Address {
  const { hostname, port, protocol } = new URL(text);
  const standard: Record<string, number> = { 'amqp:': 5672, 'amqps:': 5671, 'http:': 80, 'https:': 443 };
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (standard[protocol] ?? 0) };
}

/** A TCP proxy on loopback whose faults are the test's: they hold for what is connected and for what comes. */
export class TcpProxy {
  readonly #server: Server;
  readonly #target: Address;
  readonly #links = new Set<Link>();
  readonly #treatments: Record<'up' | 'down', Treatment> = { up: 'pass', down: 'pass' };
  #delayMs = 0;
  #refusing = false;
  #accepted = 0;

  private constructor(target: Address) {
    this.#target = target;
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#accept(client));
  }

  static async to(target: Address | string): Promise<TcpProxy> {
    const proxy = new TcpProxy(typeof target === 'string' ? addressOfUrl(target) : target);
    await once(proxy.#server.listen(0, '127.0.0.1'), 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The URL with this proxy in place of its host and port. */
  through(text: string): string {
    return text.replace(new URL(text).host, `127.0.0.1:${this.port}`);
  }

  /** Connections that are open. */
  get open(): number {
    return this.#links.size;
  }

  /** Connections that were ever made, refused ones included. */
  get accepted(): number {
    return this.#accepted;
  }

  /** Ends every fault: what was stalled goes on, new connections are taken. What was swallowed is gone. */
  pass(): void {
    this.#refusing = false;
    this.#delayMs = 0;
    this.#treat('pass', 'both');
  }

  /** Nothing more is read: bytes pile up, and are passed on after `pass()`. */
  stall(way: Way = 'both'): void {
    this.#treat('stall', way);
  }

  /** Everything is read and thrown away. */
  swallow(way: Way = 'both'): void {
    this.#treat('swallow', way);
  }

  /** What arrives from now on is passed on so much later, in order, until `pass()`. */
  delay(milliseconds: number): void {
    this.#delayMs = milliseconds;
  }

  /** Breaks every connection off with a RST on both sides. @returns how many */
  reset(): number {
    const links = [...this.#links];
    for (const link of links) link.reset();
    return links.length;
  }

  /** Sends a FIN that way, and goes on passing bytes the other way. */
  halfClose(way: 'up' | 'down'): void {
    for (const link of this.#links) link.end(way);
  }

  /** New connections are reset at once, until `pass()`; those that are open stay. */
  refuse(): void {
    this.#refusing = true;
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.reset();
    await closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #treat(treatment: Treatment, way: Way): void {
    for (const direction of ['up', 'down'] as const)
      if (way === 'both' || way === direction) this.#treatments[direction] = treatment;
    for (const link of this.#links) link.review();
  }

  #accept(client: Socket): void {
    this.#accepted += 1;
    if (this.#refusing) {
      client.on('error', () => {});
      client.resetAndDestroy();
      return;
    }
    const server = connect({ ...this.#target, allowHalfOpen: true, noDelay: true });
    const faults = { treatment: (way: 'up' | 'down') => this.#treatments[way], delayMs: () => this.#delayMs };
    const link = new Link(client.setNoDelay(), server, faults);
    this.#links.add(link);
    void link.gone.then(() => this.#links.delete(link));
  }
}

interface Faults {
  treatment(way: 'up' | 'down'): Treatment;
  delayMs(): number;
}

/** One connection through the proxy. */
class Link {
  readonly gone: Promise<void>;
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #up: Pipe;
  readonly #down: Pipe;

  constructor(client: Socket, server: Socket, faults: Faults) {
    this.#client = client;
    this.#server = server;
    this.#up = new Pipe(client, server, () => faults.treatment('up'), faults.delayMs);
    this.#down = new Pipe(server, client, () => faults.treatment('down'), faults.delayMs);
    // A side that breaks off breaks the other one: half a link would be a fault that no test asked for.
    const { promise, resolve } = Promise.withResolvers<void>();
    for (const socket of [client, server]) {
      socket.on('error', () => this.reset());
      socket.on('close', () => {
        if (client.destroyed && server.destroyed) resolve();
      });
    }
    this.gone = promise;
  }

  review(): void {
    this.#up.review();
    this.#down.review();
  }

  reset(): void {
    for (const socket of [this.#client, this.#server]) {
      if (socket.connecting) socket.destroy();
      else socket.resetAndDestroy();
    }
  }

  end(way: 'up' | 'down'): void {
    (way === 'up' ? this.#server : this.#client).end();
  }
}

/** One direction of a link. */
class Pipe {
  readonly #source: Socket;
  readonly #sink: Socket;
  readonly #treatment: () => Treatment;
  readonly #delayMs: () => number;
  #full = false;

  constructor(source: Socket, sink: Socket, treatment: () => Treatment, delayMs: () => number) {
    this.#source = source;
    this.#sink = sink;
    this.#treatment = treatment;
    this.#delayMs = delayMs;
    source.on('data', (chunk) => this.#take(chunk));
    source.on('end', () => this.#later(() => sink.end()));
    sink.on('drain', () => {
      this.#full = false;
      this.review();
    });
    this.review();
  }

  review(): void {
    const blocked = this.#treatment() === 'stall' || (this.#full && this.#treatment() === 'pass');
    if (blocked) this.#source.pause();
    else this.#source.resume();
  }

  #take(chunk: Buffer): void {
    if (this.#treatment() === 'swallow') return;
    this.#later(() => {
      if (!this.#sink.writable) return;
      this.#full = !this.#sink.write(chunk);
      this.review();
    });
  }

  /** Timers of one length run in the order they were set. */
  #later(action: () => void): void {
    const delayMs = this.#delayMs();
    if (delayMs === 0) action();
    else setTimeout(action, delayMs);
  }
}
