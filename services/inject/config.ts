import { drainFields, integer, oneOf, seconds, serviceFields } from '@sluice/runtime';
import { redisFields } from '@sluice/runtime/redis';
import * as z from 'zod';

/** What the process does. */
export const MODES = ['serve', 'load'] as const;

/** The environment of inject. */
export const environment = z.object({
  MODE: oneOf(
    MODES,
    'serve',
    '`serve`: it takes transactions; `load`: a run [sends some](#a-run-that-sends-transactions).',
  ),
  ...redisFields,
  KEY_SECONDS: integer({
    min: 60,
    max: 31_536_000,
    fallback: 604_800,
    meaning: 'How long an Idempotency-Key is known after its request was accepted.',
  }),
  ACCEPT_SECONDS: seconds({
    min: 0.1,
    max: 60,
    fallback: 5,
    meaning: 'How long Redis may take for one request; then 503.',
  }),
  MAX_BODY_BYTES: integer({
    min: 1024,
    max: 8_388_608,
    fallback: 1_048_576,
    meaning: 'Longest body; beyond it 413.',
  }),
  REQUEST_TIMEOUT_SECONDS: seconds({
    min: 0.1,
    max: 300,
    fallback: 15,
    meaning: 'How long a request may take to arrive; then 408.',
  }),
  ...drainFields,
  ...serviceFields,
});

export type InjectConfig = z.output<typeof environment>;
