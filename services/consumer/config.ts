import { amqpFields, integer, oneOf, optionalText, seconds, serviceFields, textOr } from '@sluice/runtime';
import * as z from 'zod';
import type { FatesOptions } from './fates.ts';

/** The consumer's environment. */
export const environment = z.object({
  ...amqpFields,
  QUEUE: textOr('jobs', 'Queue that is consumed.'),
  EXCHANGE: optionalText('Exchange that routes to it, its retries and its parked messages; else `QUEUE`.'),
  ROUTING_KEY: optionalText('Routing key of the queue itself; else `QUEUE`.'),
  RETRY_ROUTING_KEY: optionalText('Routing key of its retry queue; else `QUEUE.retry`.'),
  PARKING_ROUTING_KEY: optionalText('Routing key of its parking queue; else `QUEUE.parked`.'),
  PREFETCH: integer({ min: 1, max: 1000, fallback: 1, meaning: 'Jobs in hand at once.' }),
  MAX_ATTEMPTS: integer({
    min: 1,
    max: 100,
    fallback: 5,
    meaning: 'Deliveries that failed or were lost after which a job is parked.',
  }),
  MAX_BODY_BYTES: integer({
    min: 1024,
    max: 8 * 1024 * 1024,
    fallback: 64 * 1024,
    meaning: 'Bytes of the longest body; a longer one is parked unread.',
  }),
  HANDLER: optionalText('Path of a module that exports `handle`; without it, work is simulated.'),
  WORK_SECONDS: seconds({ min: 0, max: 3600, fallback: 5, meaning: 'Mean duration of simulated work.' }),
  WORK_DISTRIBUTION: oneOf(
    ['constant', 'uniform', 'exponential'],
    'constant',
    'How it is distributed: `constant`, `uniform` (from 0 to twice the mean) or `exponential`.',
  ),
  STOP_DEADLINE_SECONDS: seconds({
    min: 0,
    max: 3600,
    fallback: 30,
    meaning: 'How long the jobs in hand may take to finish after SIGTERM.',
  }),
  IDLE_LIMIT_SECONDS: seconds({
    min: 1,
    max: 86_400,
    fallback: 300,
    meaning: 'How long it may not consume (no broker, no queue) before `/livez` fails.',
  }),
  ...serviceFields,
});

export type ConsumerConfig = z.output<typeof environment>;

/** Where messages are published again. */
export function addressesOf(config: ConsumerConfig): Omit<FatesOptions, 'maxAttempts'> {
  const { QUEUE: queue, EXCHANGE: exchange = queue } = config;
  return {
    work: { exchange, routingKey: config.ROUTING_KEY ?? queue },
    retry: { exchange, routingKey: config.RETRY_ROUTING_KEY ?? `${queue}.retry` },
    parking: { exchange, routingKey: config.PARKING_ROUTING_KEY ?? `${queue}.parked` },
  };
}
