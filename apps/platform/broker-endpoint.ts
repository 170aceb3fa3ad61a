import type { ManagementSource } from '@sluice/policy';
import { type BrokerPorts, flavorOf } from '../../charts/broker-flavors.ts';
import type { ServerTrust } from '../../charts/monitoring.ts';
import {
  AUTHORITY_FILE,
  AUTHORITY_KEY,
  authorityMount,
  type FileMount,
  PASSWORD_FILE,
} from '../../charts/pod.ts';
import type { Environment } from '../../environments/environment.ts';
import { broker, scaler } from './identities.ts';

/** The ConfigMap in each namespace of the broker's clients, and in the broker's: its certificate authorities. */
export const BROKER_AUTHORITY = 'broker-authority';

/** The Secret with the broker's certificate. */
export const BROKER_TLS = 'broker-tls';

/** The broker's address in an environment, and the authorities that its clients trust. */
export interface BrokerEndpoint {
  readonly ports: BrokerPorts;
  /** Without credentials. The virtual host is '/', written %2f in a URL's path. */
  readonly amqpUrl: string;
  /** Without credentials and without a slash at its end. */
  readonly managementUrl: string;
  /** The file of the authorities that verify it. @default it answers in clear text */
  readonly caFile?: string;
  /** What a client mounts to have that file. */
  readonly mounts: readonly FileMount[];
  /** How Prometheus believes its metrics. @default it answers in clear text */
  readonly metricsTrust?: ServerTrust;
  /** How Traefik believes its page. @default it answers in clear text */
  readonly pageTrust?: ServerTrust;
}

const HOST = `${broker.name}.${broker.namespace}.svc`;

/** The broker's address for every client, so that all of them agree about TLS. */
export function brokerEndpoint({ broker: kind, brokerTls }: Environment): BrokerEndpoint {
  const { ports, secure } = flavorOf(kind, brokerTls !== undefined);
  const [amqp, http] = brokerTls === undefined ? ['amqp', 'http'] : ['amqps', 'https'];
  const trust = { serverName: HOST, configMap: BROKER_AUTHORITY, key: AUTHORITY_KEY };
  return {
    ports,
    amqpUrl: `${amqp}://${HOST}:${ports.amqp}/%2f`,
    managementUrl: `${http}://${HOST}:${ports.management}`,
    mounts: brokerTls === undefined ? [] : [authorityMount(BROKER_AUTHORITY)],
    ...(brokerTls !== undefined && { caFile: AUTHORITY_FILE }),
    ...(secure.metrics && { metricsTrust: trust }),
    ...(secure.management && { pageTrust: trust }),
  };
}

/** How the scaler reads the backlog of a queue of this broker. */
export function brokerSource(environment: Environment, queue: string): ManagementSource {
  const { managementUrl: url, caFile } = brokerEndpoint(environment);
  return {
    ...{ kind: 'management', url, vhost: '/', queue },
    ...{ username: scaler.name, passwordFile: PASSWORD_FILE },
    ...(caFile !== undefined && { caFile }),
  };
}
