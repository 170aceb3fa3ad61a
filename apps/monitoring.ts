import { WebPage } from '../charts/ingress.ts';
import type { Identity } from '../charts/labels.ts';
import { Namespace } from '../charts/namespace.ts';
import type { Application } from './application.ts';
import { MONITORING } from './project.ts';

const pageOf = (name: 'grafana' | 'prometheus'): Identity => ({
  ...{ name, namespace: MONITORING, component: 'monitoring' },
});

/** The pages of Grafana and Prometheus; kube-prometheus-stack itself is an addon, and names its Services. */
export const monitoring: Application = {
  name: 'monitoring',
  parent: 'infra-workloads',
  namespace: MONITORING,
  build: (scope, { podSecurityVersion, web }) => {
    new Namespace(scope, 'namespace', {
      name: MONITORING,
      podSecurity: 'privileged',
      podSecurityVersion,
      because: 'The node exporter reads the host: its network, its processes and its file systems.',
    });
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
