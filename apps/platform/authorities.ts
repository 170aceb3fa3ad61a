import { PrivateAuthority } from '../../charts/private-authority.ts';
import { CERT_MANAGER } from '../addons/certificates.ts';
import type { Application, System } from '../application.ts';
import { BROKER_AUTHORITY, brokerEndpoint } from './broker-endpoint.ts';
import { broker } from './identities.ts';
import { queueExporter, STORE_AUTHORITY, STORE_ISSUERS, STORES } from './stores.ts';

/** The certificate authority of the broker, where its clients use TLS; nothing where they do not. */
export const brokerAuthority: Application = {
  name: 'broker-authority',
  parent: 'addons',
  namespace: CERT_MANAGER,
  build: (scope, environment, system) => {
    const { brokerTls: tls } = environment;
    if (tls === undefined) return;
    const { amqp, management } = brokerEndpoint(environment).ports;
    new PrivateAuthority(scope, 'authority', {
      of: broker.name,
      namespace: CERT_MANAGER,
      authorities: [tls.authority, ...(tls.also ?? [])],
      servers: [broker.namespace],
      trust: { configMap: BROKER_AUTHORITY, namespaces: clientsOf(system, [amqp, management]) },
    });
  },
};

/** The namespaces of our own that connect to the broker, and the broker's; Traefik and Prometheus read it there. */
function clientsOf({ connections }: System, ports: readonly number[]): string[] {
  const clients = connections.flatMap(({ from, to, port }) =>
    to === broker && ports.includes(port) && 'component' in from ? [from.namespace] : [],
  );
  return [...new Set([broker.namespace, ...clients])].sort();
}

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
      trust: { configMap: STORE_AUTHORITY, namespaces: storeClientsOf(system) },
    });
  },
};

/** The namespaces of those that have an account in a store, and of the stores. */
const storeClientsOf = ({ storeUsers, secrets }: System): string[] => {
  const servers = Object.values(STORES).map(({ identity }) => identity.namespace);
  const clients = storeUsers.flatMap(({ name }) =>
    secrets.filter(({ owner }) => owner.name === name).map(({ owner }) => owner.namespace),
  );
  return [...new Set([...servers, ...clients, queueExporter.namespace])].sort();
};
