import { integer, seconds, serviceFields, url } from '@sluice/runtime';
import * as z from 'zod';

/** The environment of the gate. */
export const environment = z.object({
  STORE_URL: url(['http', 'https'], 'VictoriaLogs, without a path and without credentials.'),
  FLUSH_SECONDS: seconds({
    min: 0.1,
    max: 60,
    fallback: 1,
    meaning: 'How often the store writes what it holds in memory: its flag `-inmemoryDataFlushInterval`.',
  }),
  WRITE_SECONDS: seconds({
    min: 1,
    max: 120,
    fallback: 12,
    meaning:
      'How long one round may take, from passing pushes on to having seen them written; an agent must wait for twice as long.',
  }),
  MAX_HELD_BYTES: integer({
    min: 1_048_576,
    max: 1_073_741_824,
    fallback: 67_108_864,
    meaning: 'Bytes of pushes that are held at most; what comes beyond is answered with 503.',
  }),
  ...serviceFields,
});

export type LogGateConfig = z.output<typeof environment>;
