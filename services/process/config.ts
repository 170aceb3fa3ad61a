import { optionalSecret, optionalText, serviceFields, textOr, url } from '@sluice/runtime';
import { redisFields, writerFields } from '@sluice/runtime/redis';
import * as z from 'zod';

/** Where the transactions are. */
export const mongodbFields = {
  MONGODB_URL: url(
    ['mongodb', 'mongodb+srv'],
    'The server or replica set, `mongodb://host:27017,host2:27017/?tls=true`; may hold credentials.',
  ),
  MONGODB_USERNAME: optionalText('User, before the one in the URL.'),
  MONGODB_PASSWORD: optionalSecret('Password, before the one in the URL; read for each write.'),
  MONGODB_CA_FILE: optionalText(
    'File (PEM) of the authorities that may vouch for it, in place of the public ones; read for each write.',
  ),
  MONGODB_DATABASE: textOr('transactions', 'Database that holds the collection `transactions`.'),
};

/** The environment of process. */
export const environment = z.object({
  ...redisFields,
  ...mongodbFields,
  ...writerFields,
  ...serviceFields,
});

export type ProcessConfig = z.output<typeof environment>;
