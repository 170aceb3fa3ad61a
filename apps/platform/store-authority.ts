import { PrivateAuthority } from '../../charts/private-authority.ts';
import { CERT_MANAGER } from '../addons/cert-manager.ts';
import type { Application, System } from '../application.ts';
import { queueExporter, STORE_AUTHORITY, STORE_ISSUERS, STORES } from './stores.ts';

/** The certificate authority of Redis, MongoDB and the index, where their clients use TLS; nothing where they do not. */
export const storeAuthority: Application = {
  name: 'store-authority',
  parent: 'addons',
  namespace: CERT_MANAGER,
  build: (scope, environment, system) => {
    const { storeTls: tls } = environment;
    if (tls === undefined || environment.redis === undefined) return;
    const { redis, mongodb, elasticsearch } = STORES;
    new PrivateAuthority(scope, 'authority', {
      ...{ of: STORE_ISSUERS, namespace: CERT_MANAGER, authorities: [tls.authority, ...(tls.also ?? [])] },
      servers: [redis.identity.namespace, mongodb.identity.namespace, elasticsearch.identity.namespace],
      trust: { configMap: STORE_AUTHORITY, namespaces: clientsOf(system) },
    });
  },
};

/** The namespaces of those that have an account in a store, and of the stores. */
const clientsOf = ({ storeUsers, secrets }: System): string[] => {
  const servers = Object.values(STORES).map(({ identity }) => identity.namespace);
  const clients = storeUsers.flatMap(({ name }) =>
    secrets.filter(({ owner }) => owner.name === name).map(({ owner }) => owner.namespace),
  );
  return [...new Set([...servers, ...clients, queueExporter.namespace])].sort();
};
