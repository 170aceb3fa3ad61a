import { seconds, serviceFields } from '@sluice/runtime';
import { redisFields } from '@sluice/runtime/redis';
import * as z from 'zod';
import { elasticsearchFields } from '../journal/config.ts';
import { mongodbFields } from '../process/config.ts';

const { REDIS_FSYNC: _, ...connection } = redisFields;

/** The environment of the read side. */
export const environment = z.object({
  ...connection,
  ...mongodbFields,
  ...elasticsearchFields,
  READ_SECONDS: seconds({
    min: 0.1,
    max: 60,
    fallback: 5,
    meaning: 'How long the stores may take for one request; then 503.',
  }),
  PROGRESS_SECONDS: seconds({
    min: 0.05,
    max: 60,
    fallback: 0.5,
    meaning: 'How often the queue of journal is looked at, to say how far the index is.',
  }),
  DRAIN_DELAY_SECONDS: seconds({
    min: 0,
    max: 300,
    fallback: 5,
    meaning: 'How long it serves on after SIGTERM, unready, until nothing routes to it any more.',
  }),
  STOP_DEADLINE_SECONDS: seconds({
    min: 0,
    max: 3600,
    fallback: 15,
    meaning: 'How long the requests in flight may take to finish after that.',
  }),
  ...serviceFields,
});

export type QueryConfig = z.output<typeof environment>;
