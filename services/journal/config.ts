import { integer, optionalSecret, optionalText, serviceFields, url } from '@sluice/runtime';
import { redisFields, writerFields } from '@sluice/runtime/redis';
import * as z from 'zod';

/** Where the index is. */
export const elasticsearchFields = {
  ELASTICSEARCH_URL: url(['http', 'https'], 'The cluster, `https://host:9200`; may hold credentials.'),
  ELASTICSEARCH_USERNAME: optionalText('User, before the one in the URL.'),
  ELASTICSEARCH_PASSWORD: optionalSecret('Password, before the one in the URL; read for each write.'),
  ELASTICSEARCH_CA_FILE: optionalText(
    'File (PEM) of the authorities that may vouch for it, in place of the public ones; read for each write.',
  ),
};

/** The environment of journal. */
export const environment = z.object({
  ...redisFields,
  ...elasticsearchFields,
  INDEX_REPLICAS: integer({
    min: 0,
    max: 5,
    fallback: 1,
    meaning: 'Replicas of the index that it makes where there is none.',
  }),
  ...writerFields,
  ...serviceFields,
});

export type JournalConfig = z.output<typeof environment>;
