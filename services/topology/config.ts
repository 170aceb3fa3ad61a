import { authoritiesFile, managementUrl, seconds, secret, serviceFields, text } from '@sluice/runtime';
import * as z from 'zod';

/** The topology service's environment. */
export const environment = z.object({
  MANAGEMENT_URL: managementUrl("The broker's management API, for example `http://host:15672`."),
  MANAGEMENT_USERNAME: text('An administrator.'),
  MANAGEMENT_PASSWORD: secret('Their password.'),
  MANAGEMENT_CA_FILE: authoritiesFile(
    { of: 'MANAGEMENT_URL', scheme: 'https' },
    'File (PEM) of the authorities that may vouch for an https API, in place of the public ones; read for each request.',
  ),
  TOPOLOGY_FILE: text('Path of the JSON file that says what shall stand on the broker.'),
  DEADLINE_SECONDS: seconds({
    min: 1,
    max: 3600,
    fallback: 120,
    meaning: 'How long to wait for the broker and to declare everything.',
  }),
  ...serviceFields,
});

export type TopologyConfig = z.output<typeof environment>;
