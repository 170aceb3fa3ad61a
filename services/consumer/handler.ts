import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigError, type Job, withTimeout } from '@sluice/runtime';
import type { Channel, ChannelModel, MessageProperties } from 'amqplib';

/** Deliveries of a message that did not end with its work done. */
export interface Attempts {
  /** Its handler threw. */
  readonly failed: number;
  /** Its outcome is unknown: its consumer, the connection or the broker died while it was in flight. */
  readonly lost: number;
}

/** Both counts travel with the message, written by the consumer that publishes it again, and by it only. */
export const FAILED_HEADER = 'x-sluice-failed';
/** How often a delivery of the message was lost without an answer. */
export const LOST_HEADER = 'x-sluice-lost';

/** A message that was never tried. */
export const NONE: Attempts = { failed: 0, lost: 0 };

/** Beyond any MAX_ATTEMPTS; sums of such counts stay exact. */
const MOST = 1_000_000;

/**
 * What a message went through before. A publisher may write any header: a count is a whole number from 0, or 0.
 * Rejections in x-death are those of a consumer older than the headers; the counts of both add up.
 */
export function attemptsOf({ headers }: Pick<MessageProperties, 'headers'>, queue: string): Attempts {
  if (typeof headers !== 'object' || headers === null) return NONE;
  const failed = countOf(headers[FAILED_HEADER]) + rejections(headers['x-death'], queue);
  const lost = countOf(headers[LOST_HEADER]);
  return failed + lost === 0 ? NONE : { failed, lost };
}

/**
 * Deliveries that a redelivery adds: a quorum queue counts them, a classic one only says that there was one.
 * @see https://www.rabbitmq.com/docs/quorum-queues#poison-message-handling
 */
export const deliveriesLost = ({ headers }: Pick<MessageProperties, 'headers'>): number =>
  Math.max(1, countOf(headers?.['x-delivery-count']));

/** @see https://www.rabbitmq.com/docs/dlx#effects */
function rejections(deaths: unknown, queue: string): number {
  if (!Array.isArray(deaths)) return 0;
  return deaths
    .filter((death) => death?.reason === 'rejected' && death.queue === queue)
    .reduce((sum: number, { count }) => Math.min(sum + countOf(count), MOST), 0);
}

const countOf = (value: unknown): number =>
  Number.isSafeInteger(value) ? Math.min(Math.max(0, value as number), MOST) : 0;

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
