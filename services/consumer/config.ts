import { amqpFields, integer, oneOf, optionalText, seconds, serviceFields, textOr } from '@sluice/runtime';
import * as z from 'zod';

/** The consumer's environment. */
export const environment = z.object({
  ...amqpFields,
  QUEUE: textOr('jobs', 'Queue that is consumed.'),
  EXCHANGE: textOr('jobs', 'Exchange that parked messages are published to.'),
  PARKING_ROUTING_KEY: textOr('jobs.parked', 'Their routing key.'),
  PREFETCH: integer({ min: 1, max: 1000, fallback: 1, meaning: 'Jobs in hand at once.' }),
  MAX_ATTEMPTS: integer({
    min: 1,
    max: 100,
    fallback: 5,
    meaning: 'Failed attempts after which a job is parked.',
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
  ...serviceFields,
});

export type ConsumerConfig = z.output<typeof environment>;
