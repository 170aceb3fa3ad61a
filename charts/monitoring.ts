import type { IPrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import type { IServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { Checks } from '../packages/contracts/checks.ts';
import { type Identity, labelsOf, metadataOf } from './labels.ts';

/** One page of metrics of a Service. */
export interface ScrapeEndpoint {
  /** The Service port's name. */
  readonly port: string;
  /** @default '/metrics' */
  readonly path?: string;
  /** Query parameters. @default none */
  readonly params?: Readonly<Record<string, string[]>>;
}

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
      endpoints: endpoints.map(({ port, path = '/metrics', params }) => ({
        port,
        path,
        interval,
        ...(honorLabels && { honorLabels }),
        // Two pages of one port would otherwise write the same `up` series.
        relabelings: [{ sourceLabels: ['__metrics_path__'], targetLabel: 'metrics_path' }],
        ...(params && { params: { ...params } }),
      })),
    },
  };
}

export interface Alert {
  /** CamelCase. */
  readonly name: string;
  readonly severity: 'critical' | 'warning' | 'info';
  /** PromQL that has a result while something is wrong. */
  readonly expr: string;
  /** How long it must be wrong, for example '2m'. */
  readonly for: string;
  /** One line. */
  readonly summary: string;
  /** What it means and what to do first. */
  readonly description: string;
}

export interface AlertsProps extends Identity {
  /** The page that explains alerts; each one's anchor is its name in lower case. */
  readonly runbook: string;
  readonly alerts: readonly Alert[];
}

/**
 * The alerts of a workload.
 * @throws {ChartError} with every fault of the props
 */
export class Alerts extends Construct {
  constructor(scope: Construct, id: string, props: AlertsProps) {
    super(scope, id);
    check(props);
    const { apiVersion, kind, spec } = prometheusRule(props);
    new ApiObject(this, 'rule', { apiVersion, kind, metadata: metadataOf(props), spec });
  }
}

function prometheusRule({ name, alerts, runbook }: AlertsProps): IPrometheusRule {
  return {
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    spec: {
      groups: [
        {
          name,
          rules: alerts.map((alert) => ({
            alert: alert.name,
            expr: alert.expr,
            for: alert.for,
            labels: { severity: alert.severity },
            annotations: {
              summary: alert.summary,
              description: alert.description,
              runbook_url: `${runbook}#${alert.name.toLowerCase()}`,
            },
          })),
        },
      ],
    },
  };
}

function check({ name, alerts }: AlertsProps): void {
  const checks = new Checks(`Alerts '${name}'`);
  const names = alerts.map((alert) => alert.name);
  for (const alert of alerts) {
    checks
      .that(/^([A-Z][a-z0-9]+)+$/.test(alert.name), `'name' (${alert.name}) must be CamelCase`)
      .that(/^\d+[smh]$/.test(alert.for), `'for' (${alert.for}) of ${alert.name} must be such as 2m`)
      .that(
        names.indexOf(alert.name) === names.lastIndexOf(alert.name),
        `'name' (${alert.name}) must be unique`,
      );
  }
  checks.done();
}
