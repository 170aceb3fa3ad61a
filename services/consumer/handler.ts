import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigError, type Job, withTimeout } from '@sluice/runtime';
import type { Channel, ChannelModel } from 'amqplib';

type WorkDistribution = 'constant' | 'uniform' | 'exponential';

/** Seconds of work for one `random` in [0, 1); the mean over many is `meanSeconds`. */
export function workSeconds(distribution: WorkDistribution, meanSeconds: number, random: number): number {
  if (distribution === 'uniform') return 2 * meanSeconds * random;
  // 1 - random lies in (0, 1]: its logarithm is finite.
  if (distribution === 'exponential') return -Math.log(1 - random) * meanSeconds;
  return meanSeconds;
}

/** The built-in handler: waits as long as the work would take. */
export function simulatedWork(
  distribution: WorkDistribution,
  meanSeconds: number,
  random: () => number = Math.random,
): Handle {
  if (meanSeconds === 0) return () => undefined;
  return () =>
    new Promise((resolve) => setTimeout(resolve, workSeconds(distribution, meanSeconds, random()) * 1000));
}

/** What the consumer needs besides its queue. */
export interface Dependencies {
  readonly exchange: string;
  readonly queues: readonly string[];
}

const CHECK_TIMEOUT_MS = 10_000;
const NOT_FOUND = 404;

/**
 * Asks the broker for everything, each on a channel of its own: a refusal closes it. What may not be asked for is
 * not reported. Nor is a policy: AMQP does not show them.
 * @returns labels of what the broker does not have: `queue jobs.retry`
 */
export async function missingOf(
  connection: Pick<ChannelModel, 'createChannel'>,
  { exchange, queues }: Dependencies,
): Promise<string[]> {
  const missing: string[] = [];
  const check = async (label: string, ask: (channel: Channel) => Promise<unknown>): Promise<void> => {
    const channel = await connection.createChannel();
    channel.on('error', () => {});
    try {
      await ask(channel);
      await channel.close();
    } catch (error) {
      if ((error as { code?: unknown }).code === NOT_FOUND) missing.push(label);
    }
  };
  const all = async () => {
    await check(`exchange ${exchange}`, (channel) => channel.checkExchange(exchange));
    for (const queue of queues) await check(`queue ${queue}`, (channel) => channel.checkQueue(queue));
  };
  await withTimeout(all(), CHECK_TIMEOUT_MS, 'the check of exchange and queues');
  return missing;
}

/** What a handler knows besides the job. */
export interface HandlerContext {
  /** 1 for the first: deliveries that failed or were lost before, and this one. */
  readonly attempt: number;
  /**
   * An earlier delivery ended without an answer: the work may have been done already. No more than a hint: a
   * RabbitMQ that was killed marks all that it had, a LavinMQ marks none. Only the job's id identifies a repetition.
   */
  readonly redelivered: boolean;
}

/** Does the work of one job. Throwing makes it a failed attempt. */
export type Handle = (job: Job, context: HandlerContext) => Promise<unknown> | unknown;

/** @throws ConfigError when the module cannot be loaded or exports no `handle` */
export async function loadHandler(path: string): Promise<Handle> {
  const fault = (why: string) => new ConfigError([`'HANDLER' (${path}) ${why}`]);
  const module = await import(pathToFileURL(resolve(path)).href).catch((error: Error) => {
    throw fault(`must be a module that loads: ${error.message}`);
  });
  if (typeof module.handle !== 'function') throw fault("must export a function 'handle'");
  return module.handle;
}
