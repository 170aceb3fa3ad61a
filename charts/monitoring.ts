import type { IServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { type Identity, labelsOf, metadataOf } from './labels.ts';

/** How the certificate of a server is verified: its name, and its authorities. */
export interface ServerTrust {
  /** What its certificate must be of: a scrape asks by the pod's address. */
  readonly serverName: string;
  /** The ConfigMap of the same namespace with the authorities, and the key that holds them. */
  readonly configMap: string;
  readonly key: string;
}

/** One page of metrics of a Service. */
export interface ScrapeEndpoint {
  /** The Service port's name. */
  readonly port: string;
  /** @default '/metrics' */
  readonly path?: string;
  /** Query parameters. @default none */
  readonly params?: Readonly<Record<string, string[]>>;
  /** @default in clear text */
  readonly trust?: ServerTrust | undefined;
}

/** A page of metrics that Prometheus scrapes. */
export interface MetricsScrapeProps extends Identity {
  readonly endpoints: readonly ScrapeEndpoint[];
  /** Time between two scrapes. @default '15s' */
  readonly interval?: string;
  /** The page's own labels win where those of its Service or pod have the same name. @default false */
  readonly honorLabels?: boolean;
  /** Labels of the pods that their series carry too. @default none */
  readonly podLabels?: readonly string[];
}

/** Prometheus reads the metrics of the workload's Service. */
export class MetricsScrape extends Construct {
  constructor(scope: Construct, id: string, props: MetricsScrapeProps) {
    super(scope, id);
    const { apiVersion, kind, spec } = serviceMonitor(props);
    new ApiObject(this, 'service-monitor', { apiVersion, kind, metadata: metadataOf(props), spec });
  }
}

function serviceMonitor(props: MetricsScrapeProps): IServiceMonitor {
  const { endpoints, interval = '15s', honorLabels = false, podLabels = [], namespace } = props;
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'ServiceMonitor',
    spec: {
      namespaceSelector: { matchNames: [namespace] },
      selector: { matchLabels: { ...labelsOf(props) } },
      ...(podLabels.length > 0 && { podTargetLabels: [...podLabels] }),
      endpoints: endpoints.map(({ port, path = '/metrics', params, trust }) => ({
        port,
        path,
        interval,
        ...(honorLabels && { honorLabels }),
        // Two pages of one port would otherwise write the same `up` series.
        relabelings: [{ sourceLabels: ['__metrics_path__'], targetLabel: 'metrics_path' }],
        ...(params && { params: { ...params } }),
        ...(trust && { scheme: 'https' as const, tlsConfig: tlsConfig(trust) }),
      })),
    },
  };
}

const tlsConfig = ({ serverName, configMap: name, key }: ServerTrust) => ({
  ...{ serverName, ca: { configMap: { name, key } } },
});
