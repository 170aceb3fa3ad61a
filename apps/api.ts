import { scaledReplicas } from '../argocd/owned-fields.ts';
import { Autoscaler, cpuUtilization } from '../charts/autoscaler.ts';
import { DisruptionBudget } from '../charts/disruption.ts';
import { WebPage } from '../charts/ingress.ts';
import { MetricsScrape } from '../charts/monitoring.ts';
import { HTTP_PORT_NAME } from '../charts/pod.ts';
import { WebService } from '../charts/web-service.ts';
import { type Application, closedNamespace } from './application.ts';
import type { Environment } from './environments.ts';
import { images } from './images.ts';
import { allowConnections } from './network.ts';
import { api, PRIORITY } from './project.ts';
import { requests, SCRAPE_SECONDS } from './requests.ts';

const { minReplicas, maxReplicas, rate, cpuPercent, behavior } = requests;

/** The one path that is everybody's; /metrics and the probes' pages stay inside. */
const PATH = '/api';

/** The web service; how many pods, its requests say. */
export const apiApplication: Application = {
  name: 'api',
  parent: 'workloads',
  namespace: api.namespace,
  ownedFields: [scaledReplicas(api)],
  build: (scope, environment) => {
    const { hosts, ingressClassName, clusterIssuer } = environment.web;
    closedNamespace(scope, api, environment);
    new WebService(scope, 'api', {
      ...api,
      image: images.api,
      readyPath: PATH,
      priorityClassName: PRIORITY.high,
      placement: {
        maxPods: Math.ceil(maxReplicas * 1.25),
        ...(environment.aws && { moreCpusThan: 2 }),
      },
    });
    new Autoscaler(scope, 'autoscaler', {
      ...{ ...api, minReplicas, maxReplicas, behavior },
      metrics: metricsIn(environment),
    });
    new DisruptionBudget(scope, 'budget', { ...api, maxReplicas, maxUnavailable: '25%' });
    allowConnections(scope, api, environment);
    new MetricsScrape(scope, 'scrape', {
      ...api,
      endpoints: [{ port: HTTP_PORT_NAME }],
      interval: `${SCRAPE_SECONDS}s`,
    });
    new WebPage(scope, 'page', {
      ...{ ...api, path: PATH, service: api.name, port: HTTP_PORT_NAME },
      ...{ host: hosts.api, ingressClassName, clusterIssuer },
    });
  },
};

/** A rate that nobody serves would leave the HPA without a word on it: then the CPU alone. */
const metricsIn = ({ addons }: Environment) => [
  ...(addons.includes('prometheus-adapter') ? [rate.metric] : []),
  cpuUtilization(cpuPercent),
];
