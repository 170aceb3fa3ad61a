import type { Construct } from 'constructs';
import { WebPage } from '../../charts/ingress.ts';
import type { Identity } from '../../charts/labels.ts';
import { type Login, PageLogin } from '../../charts/page-login.ts';
import type { Environment, OpenPages } from '../../environments/environment.ts';
import type { Application } from '../application.ts';
import { PAGE_USERS } from './credentials.ts';
import { MONITORING } from './identities.ts';

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
