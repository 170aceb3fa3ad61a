import { Client } from '@elastic/elasticsearch';
import { Renewed, readAuthorities, type Secret } from '@sluice/runtime';

/** The variables of elasticsearchFields. */
export interface IndexConfig {
  readonly ELASTICSEARCH_URL: string;
  readonly ELASTICSEARCH_USERNAME?: string | undefined;
  readonly ELASTICSEARCH_PASSWORD?: Secret | undefined;
  readonly ELASTICSEARCH_CA_FILE?: string | undefined;
}

interface Rotated {
  readonly password: string;
  readonly authorities?: string;
}

const rotatedOf = ({
  ELASTICSEARCH_PASSWORD: password,
  ELASTICSEARCH_CA_FILE: file,
}: IndexConfig): Rotated => ({
  password: password?.read() ?? '',
  ...(file !== undefined && { authorities: readAuthorities(file) }),
});

/** It repeats nothing: who asks decides whether to ask again. */
const clientOf = (config: IndexConfig, { password, authorities }: Rotated): Client =>
  new Client({
    node: config.ELASTICSEARCH_URL,
    ...(config.ELASTICSEARCH_USERNAME !== undefined && {
      auth: { username: config.ELASTICSEARCH_USERNAME, password },
    }),
    ...(authorities !== undefined && { tls: { ca: authorities } }),
    maxRetries: 0,
  });

/** Clients of one cluster: another one when its password or its authorities have been rotated. */
export const renewedIndexClients = <T extends { readonly client: Client }>(
  config: IndexConfig,
  use: (client: Client) => T,
): Renewed<Rotated, T> =>
  new Renewed({
    read: () => rotatedOf(config),
    make: (rotated) => use(clientOf(config, rotated)),
    close: ({ client }) => client.close(),
  });
