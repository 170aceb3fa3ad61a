import { type RabbitMQOptions, startRabbitMQ } from '../../cli/local/rabbitmq.ts';
import { freshVhost, type Vhost } from '../support/vhost.ts';

/** Runs a proof on a virtual host of a RabbitMQ that nothing else uses, and ends the broker. @returns what was proved */
export async function onOwnBroker<T>(
  prove: (vhost: Vhost) => Promise<T>,
  options: RabbitMQOptions = {},
): Promise<T> {
  const broker = await startRabbitMQ(options);
  try {
    return await prove(await freshVhost(broker));
  } finally {
    await broker.stop();
  }
}
