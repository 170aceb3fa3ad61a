/** Requests at a stated rate, from the node's network through the ingress controller. */

import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Cluster } from '../../packages/testbed/cluster.ts';

const autocannon = join(import.meta.dirname, '..', '..', 'node_modules', 'autocannon', 'autocannon.js');

export interface Load {
  readonly address: string;
  readonly host: string;
  readonly path: string;
  readonly perSecond: number;
  readonly seconds: number;
}

/** What came back. @see https://github.com/mcollina/autocannon#returns */
export interface Answered {
  readonly '2xx': number;
  readonly non2xx: number;
  /** Connections that broke, and timeouts. */
  readonly errors: number;
  readonly timeouts: number;
}

/** Over 5 kept connections, as a browser or a proxy has them. */
export async function sendRequests(cluster: Cluster, load: Load): Promise<Answered> {
  const { address, host, path, perSecond, seconds } = load;
  const how = ['--json', '--connections', '5', '--overallRate', String(perSecond)];
  const what = ['--duration', String(seconds), '--headers', `host=${host}`, `http://${address}${path}`];
  const { stdout } = await cluster.exec([process.execPath, autocannon, ...how, ...what], {
    seconds: seconds + 60,
  });
  return JSON.parse(stdout) as Answered;
}

/** What was seen, some seconds after the first request. */
export type Sight<Seen> = Seen & { readonly seconds: number };

/** Looks twice a second until the last request is answered. */
export async function lookWhile<Seen extends object>(
  answering: Promise<Answered>,
  look: () => Promise<Seen>,
): Promise<{ readonly answered: Answered; readonly sights: readonly Sight<Seen>[] }> {
  const began = Date.now();
  const sights: Sight<Seen>[] = [];
  let sending = true;
  const ended = answering.finally(() => {
    sending = false;
  });
  while (sending) {
    const seen = await look();
    sights.push({ seconds: (Date.now() - began) / 1000, ...seen });
    await Promise.race([pause(500), ended.catch(() => {})]);
  }
  return { answered: await ended, sights };
}
