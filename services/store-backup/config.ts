import { integer, oneOf, optionalText, seconds, serviceFields, text, textOr } from '@sluice/runtime';
import * as z from 'zod';

/** The environment of a run. */
export const environment = z.object({
  MODE: oneOf(
    ['store', 'fetch'],
    'store',
    'What the run does: `store` a dump in the bucket, or `fetch` one from it.',
  ),
  BACKUP_FILE: text(
    'The dump: `store` reads it, `fetch` writes it, whole or not at all. Its endings become those of the object.',
  ),
  BACKUP_PREFIX: text('What the keys of the backups begin with, such as `redis/`.'),
  BACKUP_NAME: optionalText(
    'The backup that `fetch` takes: its key without the prefix; absent: the newest one.',
  ),
  BACKUP_BUCKET: text('The bucket.'),
  KEEP_DAYS: integer({
    ...{ min: 1, max: 3650, fallback: 30 },
    meaning: 'Backups that are older are removed when another one is stored.',
  }),
  S3_REGION: textOr('us-east-1', 'Region of the bucket.'),
  S3_ENDPOINT: optionalText('URL of an S3 server other than AWS.'),
  DEADLINE_SECONDS: seconds({
    ...{ min: 1, max: 86_400, fallback: 1800 },
    meaning: 'How long the run may take, an absent bucket included.',
  }),
  ...serviceFields,
});

export type StoreBackupConfig = z.output<typeof environment>;
