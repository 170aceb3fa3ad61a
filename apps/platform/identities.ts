import type { Identity } from '../../charts/labels.ts';
import { PASSWORD_FILE } from '../../charts/pod.ts';

/** Who is who: a namespace for each service, and the broker's topology with the broker whose passwords it holds. */
export const broker = {
  name: 'broker',
  namespace: 'broker',
  component: 'broker',
} as const satisfies Identity;
export const topology = {
  name: 'topology',
  namespace: 'broker',
  component: 'configuration',
} as const satisfies Identity;
export const publisher = {
  name: 'publisher',
  namespace: 'publisher',
  component: 'publisher',
} as const satisfies Identity;
export const scaler = {
  name: 'scaler',
  namespace: 'scaler',
  component: 'scaler',
} as const satisfies Identity;
export const exporter = {
  name: 'exporter',
  namespace: 'exporter',
  component: 'monitoring',
} as const satisfies Identity;

export const api = {
  name: 'api',
  namespace: 'api',
  component: 'web',
} as const satisfies Identity;

/** The namespace of Prometheus and Grafana. */
export const MONITORING = 'monitoring';

/** Where Prometheus answers, inside the cluster. */
export const PROMETHEUS = { url: `http://kube-prometheus-stack-prometheus.${MONITORING}.svc`, port: 9090 };

export const PRIORITY = { high: 'high', low: 'low' } as const;

/** The virtual host is '/', written %2f in a URL's path. */
export const amqpUrl = `amqp://${broker.name}.${broker.namespace}.svc:5672/%2f`;
export const managementUrl = `http://${broker.name}.${broker.namespace}.svc:15672`;

/** How the scaler reads the backlog of a queue of this broker. */
export const brokerSource = (queue: string) =>
  ({
    kind: 'management',
    url: managementUrl,
    vhost: '/',
    queue,
    username: scaler.name,
    passwordFile: PASSWORD_FILE,
  }) as const;
