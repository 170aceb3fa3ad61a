import { amqpFields, integer, seconds, serviceFields, text, textOr } from '@sluice/runtime';
import * as z from 'zod';

/** The publisher's environment. */
export const environment = z.object({
  RUN_ID: text(
    "The run's identity, of which the ids of its jobs are made; in the cluster the name of the Job, which carries the scheduled minute.",
  ),
  JOBS: integer({ min: 1, max: 10_000_000, fallback: 100, meaning: 'Jobs of the run.' }),
  ...amqpFields,
  EXCHANGE: textOr('jobs', 'Exchange that is published to.'),
  ROUTING_KEY: textOr('jobs', 'Routing key of the jobs.'),
  WINDOW: integer({ min: 1, max: 65_535, fallback: 256, meaning: 'Jobs that may be unconfirmed at once.' }),
  DEADLINE_SECONDS: seconds({
    min: 1,
    max: 86_400,
    fallback: 120,
    meaning: 'How long the run may take, a blocked or absent broker included.',
  }),
  ...serviceFields,
});

export type PublisherConfig = z.output<typeof environment>;
