import { readFileSync } from 'node:fs';
import { Alerts } from '../../charts/alerts.ts';
import { Dashboard } from '../../charts/dashboards/dashboard.ts';
import { Exporter, type ExporterProps } from '../../charts/exporter.ts';
import { MetricsScrape } from '../../charts/monitoring.ts';
import { HTTP_PORT_NAME, PASSWORD_FILE } from '../../charts/pod.ts';
import type { Environment } from '../../environments/environment.ts';
import { images } from '../../environments/images.ts';
import { RUNBOOK } from '../../environments/organization.ts';
import { exporter as metrics } from '../../packages/contracts/metrics/catalogue.ts';
import { series } from '../../packages/contracts/metrics/metric.ts';
import type { Application } from '../application.ts';
import { brokerEndpoint } from './broker-endpoint.ts';
import { brokerCredentials, CREDENTIALS_SECRET, declareSecrets } from './credentials.ts';
import { exportersDashboard } from './dashboards/exporters.ts';
import { broker, exporter, PRIORITY } from './identities.ts';
import { allowConnections, isolatedNamespace, lookups, scraped } from './network.ts';

/** Metrics of what speaks JSON only. */
export const exporterApplication: Application = {
  name: 'exporter',
  parent: 'infra-workloads',
  namespace: exporter.namespace,
  contribute: (environment) => ({
    connections: [
      { from: exporter, to: broker, port: brokerEndpoint(environment).ports.management },
      ...lookups(exporter),
      scraped(exporter),
    ],
    secrets: [brokerCredentials(exporter)],
    brokerUsers: [{ name: exporter.name, monitors: true }],
  }),
  build: (scope, environment, system) => {
    isolatedNamespace(scope, exporter, environment);
    declareSecrets(scope, exporter, environment, system);
    new Exporter(scope, 'exporter', {
      ...exporter,
      image: images.exporter,
      mappings: { [QUEUES]: shipped(QUEUES) },
      targets: targetsIn(environment),
      credentials: CREDENTIALS_SECRET,
      mounts: brokerEndpoint(environment).mounts,
      // A workload that only observes preempts no pod.
      priorityClassName: PRIORITY.low,
    });
    allowConnections(scope, exporter, system);
    // The labels of a mapping say whose document it was; `service` may be one of them.
    new MetricsScrape(scope, 'scrape', {
      ...{ ...exporter, endpoints: [{ port: HTTP_PORT_NAME }], honorLabels: true },
    });
    new Alerts(scope, 'alerts', {
      ...{ ...exporter, runbook: RUNBOOK, dashboard: 'exporters', dependsOn: broker.name, alerts },
    });
    new Dashboard(scope, 'dashboard', { ...exporter, spec: exportersDashboard });
  },
};

const QUEUES = 'rabbitmq-management';
const COLUMNS = ['name', 'vhost', 'messages_ready', 'messages_unacknowledged', 'consumers', 'message_stats'];

/**
 * The text of a mapping that comes with the service. It stands there alone, beside the parser and the tests
 * that hold it to a broker's real answers; a second one here could say otherwise.
 */
function shipped(module: string): string {
  return readFileSync(new URL(`../../services/exporter/mappings/${module}.yaml`, import.meta.url), 'utf8');
}

/**
 * The api is none of them: behind its Service each fetch would meet another pod, and its counters would jump.
 * Prometheus scrapes each of its pods.
 */
function targetsIn(environment: Environment): ExporterProps['targets'] {
  const { managementUrl, caFile } = brokerEndpoint(environment);
  return [
    {
      name: 'broker',
      url: `${managementUrl}/api/queues?columns=${COLUMNS.join()}`,
      module: QUEUES,
      basicAuth: { username: exporter.name, passwordFile: PASSWORD_FILE },
      caFile,
    },
  ];
}

const alerts = [
  {
    name: 'ExporterTargetDown',
    severity: 'warning' as const,
    expr: `${series(metrics.up)} == 0`,
    for: '5m',
    summary: 'The exporter gets no document of {{ $labels.target }}.',
    description: `Its metrics are gone since its last values grew old. ${metrics.failures.name} tells the reason.`,
  },
  {
    name: 'ExporterDown',
    severity: 'warning' as const,
    expr: `absent(up{namespace="${exporter.namespace}",job="${exporter.name}"} == 1)`,
    for: '5m',
    summary: 'Prometheus cannot scrape the exporter.',
    description: 'No metric that comes from a JSON document is there, and no alert on one can fire.',
  },
];
