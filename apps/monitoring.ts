import { WebPage } from '../charts/ingress.ts';
import type { Identity } from '../charts/labels.ts';
import type { Application } from './application.ts';
import { MONITORING } from './project.ts';

const pageOf = (name: 'grafana' | 'prometheus'): Identity => ({
  ...{ name, namespace: MONITORING, component: 'monitoring' },
});

/** The pages of Grafana and Prometheus; kube-prometheus-stack itself is an addon, and brings its Services and their namespace. */
export const monitoring: Application = {
  name: 'monitoring',
  parent: 'infra-workloads',
  namespace: MONITORING,
  build: (scope, { addons, web }) => {
    if (!addons.includes('kube-prometheus-stack')) return;
    const { hosts, ingressClassName, clusterIssuer } = web;
    for (const name of ['grafana', 'prometheus'] as const)
      new WebPage(scope, name, {
        ...pageOf(name),
        host: hosts[name],
        service: `kube-prometheus-stack-${name}`,
        port: 'http-web',
        ingressClassName,
        clusterIssuer,
      });
  },
};
