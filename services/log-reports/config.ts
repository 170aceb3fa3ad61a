import {
  authoritiesFile,
  integer,
  oneOf,
  optionalSecret,
  optionalText,
  seconds,
  serviceFields,
  textOr,
  url,
} from '@sluice/runtime';
import * as z from 'zod';
import { LOG_STORES } from '../../packages/contracts/log-store.ts';

/** What a run does. */
export const MODES = ['extract', 'archive', 'restore', 'declare'] as const;
export type Mode = (typeof MODES)[number];

/** The extractor's environment. */
export const environment = z.object({
  MODE: oneOf(
    MODES,
    'extract',
    'What the run does: `extract` the error lines of closed windows, `archive` all lines of closed hours, `restore` archived lines into a store, or `declare` what stands on Elasticsearch and Kibana.',
  ),
  LOG_STORE: oneOf(LOG_STORES, 'victoria-logs', 'The kind of the log store.'),
  LOG_STORE_URL: url(['http', 'https'], 'The log store, without a path and without credentials.'),
  LOG_STORE_USERNAME: optionalText('User of the log store.'),
  LOG_STORE_PASSWORD: optionalSecret('Its password; read for each request.'),
  LOG_STORE_CA_FILE: authoritiesFile(
    { of: 'LOG_STORE_URL', scheme: 'https' },
    'File (PEM) of the authorities that may vouch for a log store of scheme `https`, in place of the public ones.',
  ),
  KIBANA_URL: optionalText('Kibana, without a path; `declare` needs it where its file names Kibana.'),
  DECLARATION_FILE: optionalText('What `declare` sends, JSON.'),
  RAW_BUCKET: optionalText(
    'The bucket of raw windows, of the archive and of the marks of complete windows; every mode but `declare` needs it.',
  ),
  REPORT_BUCKET: optionalText(
    'The bucket of reports; absent: a Lambda function makes the reports when raw windows arrive.',
  ),
  S3_REGION: textOr('us-east-1', 'Region of the buckets.'),
  S3_ENDPOINT: optionalText('URL of an S3 server other than AWS.'),
  NAMESPACES: textOr('', 'Namespaces that are read, separated by commas; empty: every one.'),
  EXCEPT_NAMESPACES: textOr('', 'Namespaces that are not read, separated by commas.'),
  ERROR_LEVELS: textOr(
    'error,err,fatal,critical,crit,panic,alert,emerg,emergency,severe,50,60',
    'Levels of error lines, in any case.',
  ),
  ERROR_WORDS: textOr(
    'error,exception,fatal,panic,traceback,critical',
    'Words of which an error line that has no level holds one, in any case.',
  ),
  LATE_SECONDS: seconds({
    min: 0,
    max: 3600,
    fallback: 120,
    meaning: 'How long after its end a window is read: the latest that a line may reach the store.',
  }),
  CATCH_UP_WINDOWS: integer({
    min: 1,
    max: 1008,
    fallback: 36,
    meaning: 'Closed windows that a run looks back at, and completes where none did.',
  }),
  FROM: optionalText('Start of the span that is restored, RFC 3339.'),
  TO: optionalText('Its end, which does not belong to it, RFC 3339.'),
  DEADLINE_SECONDS: seconds({
    min: 1,
    max: 86_400,
    fallback: 480,
    meaning: 'How long the run may take, an absent store or bucket included.',
  }),
  ...serviceFields,
});

export type LogReportsConfig = z.output<typeof environment>;

/** 'a, b' -> ['a', 'b']. */
export const listOf = (value: string): string[] =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
