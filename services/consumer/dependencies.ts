import { withTimeout } from '@sluice/runtime';
import type { Channel, ChannelModel } from 'amqplib';

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
