import { integer, seconds, serviceFields, text } from '@sluice/runtime';
import * as z from 'zod';

/** The collector's environment. */
export const environment = z.object({
  SNAPSHOT_DIR: text('Directory of the snapshots: a volume that the board reads.'),
  KEEP_SNAPSHOTS: integer({
    min: 1,
    max: 100_000,
    fallback: 576,
    meaning: 'Snapshots that are kept, the newest: 576 are two days of one every five minutes.',
  }),
  PAGE_SIZE: integer({
    min: 1,
    max: 5000,
    fallback: 250,
    meaning: 'Objects that are read at once; the memory of a run grows with it.',
  }),
  REQUEST_SECONDS: seconds({
    min: 1,
    max: 300,
    fallback: 30,
    meaning: 'Seconds within which the API server answers one page.',
  }),
  DEADLINE_SECONDS: seconds({
    min: 1,
    max: 3600,
    fallback: 100,
    meaning: 'Seconds in which the run ends; what is not read by then is named as missing.',
  }),
  ...serviceFields,
});

export type CollectorConfig = z.output<typeof environment>;
