import type { MessageProperties } from 'amqplib';

/**
 * How often a message failed at this queue: the broker counts rejections in the x-death header. Deliveries
 * that ended with the consumer's own death are not among them.
 * @see https://www.rabbitmq.com/docs/dlx#effects
 */
export function failedAttempts(properties: Pick<MessageProperties, 'headers'>, queue: string): number {
  const deaths: unknown = properties.headers?.['x-death'];
  if (!Array.isArray(deaths)) return 0;
  const death = deaths.find((each) => each?.reason === 'rejected' && each.queue === queue);
  const count = Number(death?.count);
  return Number.isSafeInteger(count) ? count : 0;
}
