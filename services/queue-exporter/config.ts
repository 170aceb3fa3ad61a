import { seconds, serviceFields } from '@sluice/runtime';
import { redisFields } from '@sluice/runtime/redis';
import * as z from 'zod';

const { REDIS_FSYNC: _, ...connection } = redisFields;

/** The environment of the queue exporter. */
export const environment = z.object({
  ...connection,
  INTERVAL_SECONDS: seconds({
    min: 0.1,
    max: 300,
    fallback: 5,
    meaning: 'How often the queues are counted.',
  }),
  DISCOVERY_SECONDS: seconds({
    min: 0.1,
    max: 3600,
    fallback: 60,
    meaning: 'How often all keys are looked through for queues that are new or gone.',
  }),
  ...serviceFields,
});

export type QueueExporterConfig = z.output<typeof environment>;
