import type { Construct } from 'constructs';
import { Alerts, BY_NAMESPACE, PLATFORM_TEAM } from '../../charts/alerts.ts';
import { WebPage } from '../../charts/ingress.ts';
import type { Identity } from '../../charts/labels.ts';
import { type Login, PageLogin } from '../../charts/page-login.ts';
import type { Environment, OpenPages } from '../../environments/environment.ts';
import { RUNBOOK } from '../../environments/organization.ts';
import { installedAddons } from '../addons/log-stores.ts';
import type { Application } from '../application.ts';
import { nodeAlerts, podAlerts } from './cluster-alerts.ts';
import { PAGE_USERS } from './credentials.ts';
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
  build: (scope, environment) => {
    if (!environment.addons.includes('kube-prometheus-stack')) return;
    declareAlerts(scope, environment);
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

/** Metrics that no application exposes itself: pods and volumes of any namespace, nodes, addons, and the scrapes. */
function declareAlerts(scope: Construct, environment: Environment): void {
  const { alerting } = environment;
  const owners = { of: alerting?.teams ?? {}, others: PLATFORM_TEAM };
  const common = { namespace: MONITORING, component: 'monitoring', runbook: RUNBOOK, labels: {} } as const;
  const groups = {
    pods: { owner: BY_NAMESPACE, alerts: podAlerts(owners) },
    nodes: { alerts: nodeAlerts },
    scrapes: { owner: BY_NAMESPACE, alerts: scrapeAlerts(owners) },
    watchdog: { alerts: [watchdog] },
    ...Object.fromEntries(
      installedAddons(environment).flatMap((addon) => {
        const alerts = addonAlerts[addon];
        return alerts === undefined ? [] : [[addon, { alerts }]];
      }),
    ),
  };
  for (const [name, group] of Object.entries(groups))
    new Alerts(scope, `alerts-${name}`, { ...common, name, ...group });
}

function loginOf(pages: Exclude<OpenPages, { kind: 'none' }>): Login | undefined {
  if (pages.kind === 'without-login') return undefined;
  return pages.kind === 'oidc' ? pages : { kind: 'basic-auth', secret: PAGE_USERS };
}

function declarePage(
  scope: Construct,
  name: 'grafana' | 'prometheus',
  { web: { hosts, ingressClassName, clusterIssuer } }: Environment,
  login?: PageLogin,
): void {
  new WebPage(scope, name, {
    ...pageOf(name),
    ...{ host: hosts[name], ingressClassName, clusterIssuer, login },
    ...{ service: `kube-prometheus-stack-${name}`, port: 'http-web' },
  });
}
