import { PrivateAuthority } from '../../charts/private-authority.ts';
import { CERT_MANAGER } from '../addons/cert-manager.ts';
import type { Application, System } from '../application.ts';
import { BROKER_AUTHORITY, brokerEndpoint } from './broker-endpoint.ts';
import { broker } from './identities.ts';

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
