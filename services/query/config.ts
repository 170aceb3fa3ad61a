import { drainFields, seconds, serviceFields } from '@sluice/runtime';
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
  ...drainFields,
  ...serviceFields,
});

export type QueryConfig = z.output<typeof environment>;
