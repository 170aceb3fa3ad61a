import { Alerts } from '../../charts/alerts.ts';
import { MetricsScrape } from '../../charts/monitoring.ts';
import { HTTP_PORT_NAME } from '../../charts/pod.ts';
import { SingleService } from '../../charts/single-service.ts';
import type { Environment } from '../../environments/environment.ts';
import { images } from '../../environments/images.ts';
import { RUNBOOK } from '../../environments/organization.ts';
import { logStoreAddresses, logStoreUrl } from '../../packages/contracts/log-store.ts';
import { logGate as metrics } from '../../packages/contracts/metrics/catalogue.ts';
import { series } from '../../packages/contracts/metrics/metric.ts';
import { FLUSH_SECONDS } from '../addons/victoria-logs.ts';
import type { Application } from '../application.ts';
import { logStorePods } from './elasticsearch-endpoint.ts';
import { logGate, PRIORITY } from './identities.ts';
import { allowConnections, isolatedNamespace, lookups, scraped } from './network.ts';
import { GATE_SECONDS } from './tool-alerts.ts';

const STORE = 'victoria-logs';
const isWanted = ({ logs }: Environment): boolean => logs.stores.includes(STORE);

/** Answers agents when VictoriaLogs has written what they sent; nothing where no environment stores lines there. */
export const logGateApplication: Application = {
  name: logGate.name,
  parent: 'infra-workloads',
  namespace: logGate.namespace,
  contribute: (environment) =>
    isWanted(environment)
      ? {
          connections: [
            { from: logGate, to: logStorePods(STORE), port: logStoreAddresses[STORE].port },
            ...lookups(logGate),
            scraped(logGate),
          ],
        }
      : {},
  build: (scope, environment, system) => {
    if (!isWanted(environment)) return;
    isolatedNamespace(scope, logGate, environment);
    new SingleService(scope, 'service', {
      ...{ ...logGate, image: images['log-gate'] },
      environment: {
        ...{ STORE_URL: logStoreUrl(STORE), FLUSH_SECONDS: String(FLUSH_SECONDS) },
        WRITE_SECONDS: String(GATE_SECONDS.round),
      },
      stopSeconds: GATE_SECONDS.longest + 10,
      // Pushes that are held, and Node.
      resources: { cpu: '50m', memory: '256Mi' },
      priorityClassName: PRIORITY.low,
    });
    allowConnections(scope, logGate, system);
    new MetricsScrape(scope, 'scrape', { ...logGate, endpoints: [{ port: HTTP_PORT_NAME }] });
    new Alerts(scope, 'alerts', { ...logGate, runbook: RUNBOOK, dashboard: 'log-pipeline', alerts });
  },
};

const alerts = [
  {
    name: 'LogGateDown',
    severity: 'critical' as const,
    expr: `absent(up{namespace="${logGate.namespace}",job="${logGate.name}"} == 1)`,
    for: '5m',
    summary: 'Prometheus cannot scrape the log gate.',
    description: 'VictoriaLogs gets no lines through it. Agents keep them on their nodes for a while.',
  },
  {
    name: 'LogGateNotAcknowledging',
    severity: 'warning' as const,
    expr: `sum(increase(${series(metrics.pushes, { outcome: { '=~': 'unwritten|unanswered|full' } })}[10m])) > 0 unless sum(increase(${series(metrics.pushes, { outcome: 'written' })}[10m])) > 0`,
    for: '5m',
    summary: 'The log gate has acknowledged no push in 10 minutes, and refused {{ $value | humanize }}.',
    description:
      'VictoriaLogs does not answer, or writes too slowly. Agents keep lines for a while and send them again.',
  },
  {
    name: 'LogGateSlow',
    severity: 'warning' as const,
    expr: `max(max_over_time(${series(metrics.oldest)}[5m])) > ${GATE_SECONDS.slow}`,
    for: '10m',
    summary: 'A push of log lines waits {{ $value | humanizeDuration }} for its answer.',
    description:
      'VictoriaLogs writes slowly, or more lines come than it writes. Agents give up after 30 s and send again.',
  },
  {
    name: 'LogGateRefuses',
    severity: 'warning' as const,
    expr: `sum by (outcome) (increase(${series(metrics.pushes, { outcome: { '=~': 'refused|full' } })}[10m])) > 0`,
    for: '5m',
    summary:
      'The log gate has refused {{ $value | humanize }} pushes in 10 minutes: {{ if eq $labels.outcome "full" }}it holds too many bytes{{ else }}VictoriaLogs takes them never{{ end }}.',
    description:
      'What has no room is sent again. What VictoriaLogs refuses is not: those lines are lost to it, and are in the files of their containers.',
  },
];
