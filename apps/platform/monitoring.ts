import type { Construct } from 'constructs';
import { Alerts, BY_NAMESPACE, PLATFORM_TEAM } from '../../charts/alerts.ts';
import { Dashboard } from '../../charts/dashboards/dashboard.ts';
import { WebPage } from '../../charts/ingress.ts';
import type { Identity } from '../../charts/labels.ts';
import { PageLogin, SharedPage } from '../../charts/shared-page.ts';
import { type Environment, SHARED_PATHS } from '../../environments/environment.ts';
import { RUNBOOK } from '../../environments/organization.ts';
import type { AddonName } from '../../environments/versions.ts';
import { installedAddons } from '../addons/log-stores.ts';
import type { Application } from '../application.ts';
import { nodeAlerts, podAlerts } from './cluster.ts';
import { loginOf } from './credentials.ts';
import { dashboardsOf } from './dashboards/index.ts';
import { MONITORING } from './identities.ts';
import { addonAlerts, scrapeAlerts, watchdog } from './tool-alerts.ts';

const pageOf = (name: 'grafana' | 'prometheus'): Identity => ({
  ...{ name, namespace: MONITORING, component: 'monitoring' },
});

/**
 * The pages of Grafana, which asks for a login, and of Prometheus, which does not; kube-prometheus-stack itself is an
 * addon, and brings its Services and their namespace. Alertmanager has no page.
 */
export const monitoring: Application = {
  name: 'monitoring',
  parent: 'infra-workloads',
  namespace: MONITORING,
  build: (scope, environment, system) => {
    if (!environment.addons.includes('kube-prometheus-stack')) return;
    declareAlerts(scope, environment);
    for (const spec of dashboardsOf(environment, system))
      new Dashboard(scope, `dashboard-${spec.name}`, { ...pageOf('grafana'), spec });
    declarePage(scope, 'grafana', environment);
    const { openPages } = environment.web;
    if (openPages.kind === 'none') return;
    const login = loginOf(openPages);
    declarePage(
      scope,
      'prometheus',
      environment,
      login && new PageLogin(scope, 'login', { ...pageOf('prometheus'), login }),
    );
  },
};

/** Addon -> the dashboard that shows it. */
const ADDON_DASHBOARDS: Readonly<Partial<Record<AddonName, string>>> = {
  'argo-cd': 'argo-cd',
  'opentelemetry-collector': 'log-pipeline',
};

/** Metrics that no application exposes itself: pods and volumes of any namespace, nodes, addons, and the scrapes. */
function declareAlerts(scope: Construct, environment: Environment): void {
  const { alerting } = environment;
  const owners = { of: alerting?.teams ?? {}, others: PLATFORM_TEAM };
  const common = { namespace: MONITORING, component: 'monitoring', runbook: RUNBOOK, labels: {} } as const;
  const groups = {
    pods: { owner: BY_NAMESPACE, dashboard: 'pods', alerts: podAlerts(owners) },
    nodes: { dashboard: 'nodes', alerts: nodeAlerts },
    scrapes: { owner: BY_NAMESPACE, dashboard: 'exporters', alerts: scrapeAlerts(owners) },
    watchdog: { dashboard: 'overview', alerts: [watchdog] },
    ...Object.fromEntries(
      installedAddons(environment).flatMap((addon) => {
        const alerts = addonAlerts[addon];
        return alerts === undefined
          ? []
          : [[addon, { dashboard: ADDON_DASHBOARDS[addon] ?? 'overview', alerts }]];
      }),
    ),
  };
  for (const [name, group] of Object.entries(groups))
    new Alerts(scope, `alerts-${name}`, { ...common, name, ...group });
}

function declarePage(
  scope: Construct,
  name: 'grafana' | 'prometheus',
  { web: { hosts, ingressClassName, clusterIssuer, sharedHost } }: Environment,
  login?: PageLogin,
): void {
  const behind = { service: `kube-prometheus-stack-${name}`, port: 'http-web' };
  if (name === 'grafana' && sharedHost !== undefined) {
    const { host, certificateArn, scheme } = sharedHost;
    new SharedPage(scope, name, {
      ...{ ...pageOf(name), ...behind, host, certificateArn, scheme },
      ...{ paths: { [SHARED_PATHS.grafana]: 'Prefix' }, healthPath: '/api/health' },
    });
    return;
  }
  new WebPage(scope, name, {
    ...{ ...pageOf(name), ...behind },
    ...{ host: hosts[name], ingressClassName, clusterIssuer, login },
  });
}
