import { authoritiesFile, integer, oneOf, seconds, serviceFields, text, url } from '@sluice/runtime';
import * as z from 'zod';
import { MODES } from './config.ts';

/** The environment of a run that sends transactions to inject. */
export const loadEnvironment = z.object({
  MODE: oneOf(MODES, 'serve', '`load` for this.'),
  INJECT_URL: url(['http', 'https'], 'The service that takes them, without a path and without credentials.'),
  INJECT_CA_FILE: authoritiesFile(
    { of: 'INJECT_URL', scheme: 'https' },
    'File (PEM) of the authorities that may vouch for a service of scheme `https`, in place of the public ones.',
  ),
  RUN_ID: text(
    'Names the run: its keys and its transactions follow from it, so that a repeated run repeats them.',
  ),
  TRANSACTIONS: integer({
    min: 1,
    max: 1_000_000,
    fallback: 1000,
    meaning: 'How many transactions the run sends.',
  }),
  BATCH: integer({ min: 1, max: 100, fallback: 100, meaning: 'Transactions of one request.' }),
  CONCURRENCY: integer({ min: 1, max: 32, fallback: 2, meaning: 'Requests in flight at once.' }),
  DEADLINE_SECONDS: seconds({
    min: 0.1,
    max: 3600,
    fallback: 120,
    meaning: 'How long the run may take, with every request that is sent again.',
  }),
  ...serviceFields,
});

export type LoadConfig = z.output<typeof loadEnvironment>;
