import type { Server } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

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
