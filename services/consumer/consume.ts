import type { Channel, ChannelModel } from 'amqplib';
import { type ParkingAddress, parkingOn } from './parking.ts';
import type { Worker } from './worker.ts';

export interface ConsumeOptions {
  readonly queue: string;
  readonly prefetch: number;
  readonly parking: ParkingAddress;
  readonly worker: Worker;
  /** Aborted: take no more, finish what is in hand. */
  readonly signal: AbortSignal;
  /** Told whether messages can come. */
  readonly consuming: (yes: boolean) => void;
}

/**
 * Consumes on one connection until the signal. Resolves when every job in hand is settled and the broker has
 * heard of it; rejects when the channel or its consumer is gone.
 */
export async function consume(connection: ChannelModel, options: ConsumeOptions): Promise<void> {
  const { queue, prefetch, worker, signal, consuming } = options;
  const channel = await connection.createChannel();
  const gone = channelGone(channel);
  const park = parkingOn(connection, options.parking);
  const inHand = new Set<Promise<void>>();
  await channel.prefetch(prefetch);
  const { promise: cancelled, reject: cancel } = Promise.withResolvers<never>();
  const { consumerTag } = await channel.consume(queue, (message) => {
    if (message === null) return cancel(new Error(`the broker cancelled the consumer of queue '${queue}'`));
    const work = worker.work(message, channel, park);
    inHand.add(work);
    void work.then(() => inHand.delete(work));
  });
  consuming(true);
  try {
    await Promise.race([aborted(signal), gone, cancelled]);
    consuming(false);
    await Promise.race([drain(channel, consumerTag, inHand), gone]);
    // Answered after the acks before it have been taken.
    await channel.close();
  } finally {
    consuming(false);
  }
}

/** After the cancel nothing more arrives; what arrived before it is in hand too. */
async function drain(channel: Channel, consumerTag: string, inHand: Set<Promise<void>>): Promise<void> {
  await channel.cancel(consumerTag);
  while (inHand.size > 0) await Promise.all(inHand);
}

/** Rejects when the channel ends, with its error where it has one. */
function channelGone(channel: Channel): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  channel.on('error', reject);
  channel.on('close', () => reject(new Error('the channel closed')));
  promise.catch(() => {});
  return promise;
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
