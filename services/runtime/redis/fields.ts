import { authoritiesFile, oneOf, optionalSecret, optionalText, redisUrl } from '../fields.ts';

/** What the server may lose with its last write. */
export const FSYNCS = ['always', 'everysec'] as const;

/** How often Redis brings its log to the disk. */
export type Fsync = (typeof FSYNCS)[number];

/** Variables of the services that keep queues in Redis or Valkey. */
export const redisFields = {
  REDIS_URL: redisUrl('The server and its database, `redis://host:6379/0`; may hold credentials.'),
  REDIS_USERNAME: optionalText('User of its ACL, before the one in the URL.'),
  REDIS_PASSWORD: optionalSecret('Password, before the one in the URL; read for each connection.'),
  REDIS_CA_FILE: authoritiesFile(
    { of: 'REDIS_URL', scheme: 'rediss' },
    'File (PEM) of the authorities that may vouch for the server of a `rediss` URL, in place of the public ones; read for each connection.',
  ),
  REDIS_FSYNC: oneOf(
    FSYNCS,
    'everysec',
    'Least durability that is asked of the server: `always` loses nothing that was answered, `everysec` up to 2 s when the machine fails.',
  ),
};
