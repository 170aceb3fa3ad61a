import type { Construct } from 'constructs';
import {
  type OwnedFields,
  scaledReplicas,
  scheduledMinimum,
  splitByIstio,
  splitByTraefik,
} from '../argocd/owned-fields.ts';
import { Alerts } from '../charts/alerts.ts';
import { Autoscaler, cpuUtilization } from '../charts/autoscaler.ts';
import { POD_HASH_LABEL, releaseNames } from '../charts/canary.ts';
import { DisruptionBudget } from '../charts/disruption.ts';
import { WebPage } from '../charts/ingress.ts';
import { MetricsScrape } from '../charts/monitoring.ts';
import { requestSlos } from '../charts/objectives.ts';
import { HTTP_PORT, HTTP_PORT_NAME } from '../charts/pod.ts';
import { ReleaseAnalysis } from '../charts/release-analysis.ts';
import { ScaleGrant } from '../charts/scale-grant.ts';
import { TrafficSplit } from '../charts/traffic-split.ts';
import { WebService } from '../charts/web-service.ts';
import type { Environment } from '../environments/environment.ts';
import { images } from '../environments/images.ts';
import { RUNBOOK } from '../environments/organization.ts';
import type { Application } from './application.ts';
import { api, PRIORITY, PROMETHEUS, scaler } from './platform/identities.ts';
import { allowConnections, closedNamespace, entered, scraped } from './platform/network.ts';
import { release, releaseAlerts } from './releases.ts';
import { requests, SCRAPE_SECONDS } from './requests.ts';

const { minReplicas, maxReplicas, rate, cpuPercent, behavior, objectives } = requests;

/** The one path that is everybody's; /metrics and the probes' pages stay inside. */
const PATH = '/api';

/** Seconds between two readiness probes. */
const READY_SECONDS = 10;

/** The web service; how many pods, its requests say, and whether a new version stays. */
export const apiApplication: Application = {
  name: 'api',
  parent: 'workloads',
  namespace: api.namespace,
  ownedFields,
  contribute: (environment) => ({
    connections: [...entered(environment, api, HTTP_PORT), scraped(api)],
    scaled: [
      {
        scaler: 'own',
        workload: {
          name: api.name,
          source: { kind: 'clock' },
          target: { kind: 'hpa', namespace: api.namespace, name: api.name },
          policy: minReplicas,
        },
      },
    ],
    ...(isMetricServed(environment) && { adapterRules: [rate.rule] }),
  }),
  build: (scope, environment, system) => {
    const { canary: router } = environment.web;
    closedNamespace(scope, api, environment);
    new WebService(scope, 'api', {
      ...api,
      image: images.api,
      readyPath: PATH,
      readyEverySeconds: READY_SECONDS,
      canary: router && { ...release, router },
      priorityClassName: PRIORITY.high,
      placement: {
        // Those of two versions at the end of a canary, or those of a surge.
        maxPods: router ? 2 * maxReplicas : Math.ceil(maxReplicas * 1.25),
        ...(environment.aws && { moreCpusThan: 2 }),
      },
    });
    new Autoscaler(scope, 'autoscaler', {
      ...{ ...api, minReplicas, maxReplicas, behavior },
      target: router ? 'Rollout' : 'Deployment',
      metrics: metricsIn(environment),
    });
    new ScaleGrant(scope, 'minimum', {
      ...{ ...api, target: 'hpa' },
      to: { serviceAccount: scaler.name, namespace: scaler.namespace },
    });
    new DisruptionBudget(scope, 'budget', { ...api, maxReplicas, maxUnavailable: '25%' });
    allowConnections(scope, api, system);
    new MetricsScrape(scope, 'scrape', {
      ...api,
      endpoints: [{ port: HTTP_PORT_NAME }],
      interval: `${SCRAPE_SECONDS}s`,
      ...(router && { podLabels: [POD_HASH_LABEL] }),
    });
    new Alerts(scope, 'alerts', {
      ...{ ...api, runbook: RUNBOOK },
      alerts: router === undefined ? [] : releaseAlerts,
      slos: requestSlos(api, objectives),
    });
    wayIn(scope, environment);
  },
};

/** Past a router that splits, with the analysis that tells it how far to go; or straight. */
function wayIn(scope: Construct, { web }: Environment): void {
  const { hosts, ingressClassName, clusterIssuer, canary: router, istioGateway } = web;
  const page = { ...api, host: hosts.api, path: PATH, clusterIssuer };
  if (router === undefined) {
    const behind = { service: api.name, port: HTTP_PORT_NAME, ingressClassName };
    new WebPage(scope, 'page', { ...page, ...behind });
    return;
  }
  new TrafficSplit(scope, 'split', { ...page, router, gateway: istioGateway });
  new ReleaseAnalysis(scope, 'analysis', {
    ...api,
    bounds: release.bounds,
    scrapeSeconds: SCRAPE_SECONDS,
    readyEverySeconds: READY_SECONDS,
    prometheus: `${PROMETHEUS.url}:${PROMETHEUS.port}`,
  });
}

function ownedFields({ web: { canary: router } }: Environment): readonly OwnedFields[] {
  const { stable, canary } = releaseNames(api);
  if (router === undefined) return [scaledReplicas(api), scheduledMinimum(api)];
  const split = router === 'istio' ? splitByIstio(api) : splitByTraefik(api, [stable, canary]);
  return [scaledReplicas(api, 'Rollout'), scheduledMinimum(api), ...split];
}

/** A rate that nobody serves would leave the HPA without a word on it: then the CPU alone. */
const metricsIn = (environment: Environment) => [
  ...(isMetricServed(environment) ? [rate.metric] : []),
  cpuUtilization(cpuPercent),
];

const isMetricServed = ({ addons }: Environment): boolean => addons.includes('prometheus-adapter');
