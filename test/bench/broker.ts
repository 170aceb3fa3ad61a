import { type ChannelModel, connect } from 'amqplib';
import { type LocalBroker, startRabbitMQ } from '../../cli/local/rabbitmq.ts';

export const QUEUE = 'bench';

/** A broker of its own with one durable queue behind the exchange of the same name, and a connection to it. */
export async function withBroker<T>(
  use: (connection: ChannelModel, broker: LocalBroker) => Promise<T>,
): Promise<T> {
  const broker = await startRabbitMQ();
  try {
    const connection = await connect(broker.amqpUrl, { noDelay: true });
    const channel = await connection.createChannel();
    await channel.assertExchange(QUEUE, 'direct', { durable: true });
    await channel.assertQueue(QUEUE, { durable: true });
    await channel.bindQueue(QUEUE, QUEUE, QUEUE);
    const result = await use(connection, broker);
    await connection.close();
    return result;
  } finally {
    await broker.stop();
  }
}

export async function emptyQueue(connection: ChannelModel): Promise<void> {
  const channel = await connection.createChannel();
  await channel.purgeQueue(QUEUE);
  await channel.close();
}
