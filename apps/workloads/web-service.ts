import type { HpaBehavior, SchedulePolicy } from '@sluice/policy';
import type { Construct } from 'constructs';
import {
  type OwnedFields,
  scaledReplicas,
  scheduledMinimum,
  splitByIstio,
  splitByTraefik,
} from '../../argocd/source.ts';
import { Alerts, type RecordingRule } from '../../charts/alerts.ts';
import {
  Autoscaler,
  type CounterRate,
  type CounterRateProps,
  counterRate,
  cpuUtilization,
} from '../../charts/autoscaler.ts';
import { DisruptionBudget } from '../../charts/disruption.ts';
import { WebPage } from '../../charts/ingress.ts';
import type { Identity } from '../../charts/labels.ts';
import { MetricsScrape } from '../../charts/monitoring.ts';
import { type RequestObjectives, requestSlos } from '../../charts/objectives.ts';
import { ScalePermission } from '../../charts/permissions.ts';
import type { Placement } from '../../charts/placement.ts';
import { HTTP_PORT, HTTP_PORT_NAME } from '../../charts/pod.ts';
import { type Canary, POD_HASH_LABEL, ReleaseAnalysis, releaseNames } from '../../charts/release.ts';
import { TrafficSplit } from '../../charts/traffic-split.ts';
import { WebService, type WebServiceProps } from '../../charts/web-service.ts';
import type { Environment } from '../../environments/environment.ts';
import { RUNBOOK } from '../../environments/organization.ts';
import type { Contribution, ServiceWork } from '../application.ts';
import { PRIORITY, PROMETHEUS, scaler } from '../platform/identities.ts';
import { entered, scraped } from '../platform/network.ts';
import { STORES } from '../platform/stores.ts';
import { WORKLOAD } from '../platform/workload-series.ts';
import {
  type CommonValues,
  chartOf,
  commonContribution,
  mountsOf,
  type PublisherValues,
  toldOf,
} from './common.ts';
import { type Factory, factoryOf, type Kind } from './workload.ts';

type Chart = Omit<
  WebServiceProps,
  keyof Identity | 'environment' | 'mounts' | 'priorityClassName' | 'placement' | 'canary'
>;

/** What one web service is. Every property may be another in one environment. */
export interface WebServiceValues extends Chart, CommonValues, PublisherValues {
  /** How many pods it has. */
  readonly scaling: ServiceScaling;
  /** Where a browser reaches it; its metrics and probes stay inside. @default it is reached inside the cluster alone */
  readonly page?: { readonly host: string; readonly path: string };
  /** What tries a new version, where the environment splits requests. @default it takes over pod by pod */
  readonly release?: Omit<Canary, 'router'>;
  /** Where its pods go. @default apart where there is room */
  readonly placement?: Omit<Placement, 'maxPods'>;
  /** What its callers are promised. @default nothing */
  readonly objectives?: RequestObjectives;
  /** Whether it answers /metrics. @default true */
  readonly metrics?: boolean;
  /** Seconds between two scrapes of its metrics. @default 15 */
  readonly scrapeSeconds?: number;
}

/** An HPA: for each metric it computes a count, and the highest one wins. */
export interface ServiceScaling {
  /** Pods at least, from 1 on; a schedule moves it. */
  readonly minReplicas: number | SchedulePolicy;
  readonly maxReplicas: number;
  /** A counter of its own, and how many counts per second one pod is meant to take. @default the CPU alone */
  readonly requests?: Pick<CounterRateProps, 'series' | 'perReplica' | 'windowSeconds'>;
  /** Used CPU as a share of the requested one, in percent, above which it adds pods. */
  readonly cpuPercent: number;
  /** How fast it adds pods and takes them away. */
  readonly behavior: HpaBehavior;
}

const SCRAPE_SECONDS = 15;

/** The rate that it follows, as an HPA asks for it and as prometheus-adapter serves it. */
function rateOf({ name }: Identity, { scaling, scrapeSeconds }: WebServiceValues): CounterRate | undefined {
  if (scaling.requests === undefined) return undefined;
  return counterRate({ ...scaling.requests, service: name, scrapeSeconds: scrapeSeconds ?? SCRAPE_SECONDS });
}

function contributionOf(self: Identity, values: WebServiceValues, environment: Environment): Contribution {
  const { publishes, page, metrics = true, port = HTTP_PORT, scaling } = values;
  const { minReplicas } = scaling;
  const common = commonContribution(
    self,
    values,
    publishes === undefined ? undefined : { publishes: [publishes] },
    environment,
  );
  // Names are looked up by pods that connect to something.
  const outgoing = common.connections.length > LOOKUPS ? common.connections : [];
  const rate = isMetricServed(environment) ? rateOf(self, values) : undefined;
  return {
    ...common,
    connections: [
      ...outgoing,
      ...(page ? entered(environment, self, port) : []),
      ...(metrics ? [scraped(self, port)] : []),
    ],
    scaled:
      typeof minReplicas === 'number'
        ? []
        : [
            {
              scaler: 'own',
              workload: {
                ...{ name: self.name, source: { kind: 'clock' } },
                ...{
                  target: { kind: 'hpa', namespace: self.namespace, name: self.name },
                  policy: minReplicas,
                },
              },
            },
          ],
    adapterRules: rate === undefined ? [] : [rate.rule],
    services: [serviceWorkOf(self, values)],
  };
}

/** A name is looked up over UDP and over TCP. */
const LOOKUPS = 2;

function serviceWorkOf(
  { name }: Identity,
  { scaling, scrapeSeconds = SCRAPE_SECONDS }: WebServiceValues,
): ServiceWork {
  const { minReplicas, maxReplicas, behavior, requests } = scaling;
  return { name, minReplicas, maxReplicas, behavior, scrapeSeconds, ...(requests && { requests }) };
}

function build(scope: Construct, self: Identity, values: WebServiceValues, environment: Environment): void {
  const { scaling, release, metrics = true } = values;
  const { maxReplicas } = scaling;
  const router = routerIn(environment, values);
  declareService(scope, self, values, environment);
  new Autoscaler(scope, 'autoscaler', {
    ...{ ...self, ...scaling, target: router ? 'Rollout' : 'Deployment' },
    metrics: metricsIn(self, values, environment),
  });
  if (typeof scaling.minReplicas !== 'number')
    new ScalePermission(scope, 'minimum', {
      ...{ ...self, target: 'hpa' },
      to: { serviceAccount: scaler.name, namespace: scaler.namespace },
    });
  if (maxReplicas > 1) new DisruptionBudget(scope, 'budget', { ...self, maxReplicas, maxUnavailable: '25%' });
  if (metrics)
    new MetricsScrape(scope, 'scrape', {
      ...{ ...self, endpoints: [{ port: HTTP_PORT_NAME }] },
      interval: `${values.scrapeSeconds ?? SCRAPE_SECONDS}s`,
      ...(router && { podLabels: [POD_HASH_LABEL] }),
    });
  if (router !== undefined && release !== undefined)
    declareRelease(scope, self, values, release, environment);
  else declarePage(scope, self, values, environment);
  watch(scope, self, values);
}

function watch(scope: Construct, self: Identity, values: WebServiceValues): void {
  const { alerts = [], objectives, owner, stores = [] } = values;
  const slos = objectives === undefined ? [] : requestSlos(self, objectives);
  if (alerts.length + slos.length === 0) return;
  const records = objectives === undefined ? [] : promised(self, objectives);
  new Alerts(scope, 'alerts', {
    ...{ ...self, runbook: RUNBOOK, dashboard: 'web-service', alerts, slos, records },
    ...(owner && { owner }),
    // Without it no request is answered: its own alert says so.
    ...(stores.some(({ store }) => store === 'redis') && { dependsOn: STORES.redis.identity.name }),
  });
}

/** What it promises as series, which dashboards draw beside what is measured. */
function promised(
  { namespace, name }: Identity,
  { availability, latency }: RequestObjectives,
): RecordingRule[] {
  const labels = { namespace, workload: name };
  return [
    { record: WORKLOAD.availabilityObjective, expr: `vector(${availability})`, labels },
    { record: WORKLOAD.latencyShare, expr: `vector(${latency.objective})`, labels },
    { record: WORKLOAD.latencyObjective, expr: `vector(${latency.seconds})`, labels },
  ];
}

/** The router that splits its requests during a release; undefined where it has no release or no page. */
const routerIn = ({ web }: Environment, { release, page }: WebServiceValues) =>
  release === undefined || page === undefined ? undefined : web.canary;

function declareService(
  scope: Construct,
  self: Identity,
  values: WebServiceValues,
  environment: Environment,
): void {
  const { priority = 'low', publishes, release, placement, scaling } = values;
  const router = routerIn(environment, values);
  const {
    scaling: _,
    page: __,
    publishes: ___,
    metrics: ____,
    scrapeSeconds: _____,
    ...chart
  } = chartOf(values);
  new WebService(scope, 'service', {
    ...{
      ...chart,
      ...self,
      environment: toldOf(self, values, environment),
      priorityClassName: PRIORITY[priority],
    },
    mounts: mountsOf(values, publishes !== undefined, environment),
    canary: router && release && { ...release, router },
    // Those of two versions at the end of a canary, or those of a surge.
    placement: {
      maxPods: router ? 2 * scaling.maxReplicas : Math.ceil(scaling.maxReplicas * 1.25),
      ...placement,
    },
  });
}

const isMetricServed = ({ addons }: Environment): boolean => addons.includes('prometheus-adapter');

/** A rate that nothing serves would leave the HPA without a count: then the CPU alone. */
function metricsIn(self: Identity, values: WebServiceValues, environment: Environment) {
  const rate = isMetricServed(environment) ? rateOf(self, values) : undefined;
  return [...(rate ? [rate.metric] : []), cpuUtilization(values.scaling.cpuPercent)];
}

function declarePage(
  scope: Construct,
  self: Identity,
  { page }: WebServiceValues,
  { web }: Environment,
): void {
  if (page === undefined) return;
  const { ingressClassName, clusterIssuer } = web;
  const behind = { service: self.name, port: HTTP_PORT_NAME, ingressClassName };
  new WebPage(scope, 'page', { ...self, ...page, ...behind, clusterIssuer });
}

/** Behind a router that splits, with the analysis that decides how far the release goes. */
function declareRelease(
  scope: Construct,
  self: Identity,
  { page, scrapeSeconds = SCRAPE_SECONDS, readyEverySeconds = 10 }: WebServiceValues,
  { bounds }: Omit<Canary, 'router'>,
  { web }: Environment,
): void {
  const { clusterIssuer, canary: router, istioGateway: gateway } = web;
  if (page === undefined || router === undefined) return;
  new TrafficSplit(scope, 'split', { ...self, ...page, clusterIssuer, router, gateway });
  new ReleaseAnalysis(scope, 'analysis', {
    ...{ ...self, bounds, scrapeSeconds, readyEverySeconds },
    prometheus: `${PROMETHEUS.url}:${PROMETHEUS.port}`,
  });
}

function ownedFields(self: Identity, values: WebServiceValues, environment: Environment): OwnedFields[] {
  const router = routerIn(environment, values);
  const scheduled = typeof values.scaling.minReplicas === 'number' ? [] : [scheduledMinimum(self)];
  if (router === undefined) return [scaledReplicas(self), ...scheduled];
  const { stable, canary } = releaseNames(self);
  const split = router === 'istio' ? splitByIstio(self) : splitByTraefik(self, [stable, canary]);
  return [scaledReplicas(self, 'Rollout'), ...scheduled, ...split];
}

const kind: Kind<WebServiceValues> = {
  component: () => 'web',
  ownedFields,
  contribute: contributionOf,
  build,
};

/**
 * Pods that answer requests: their Deployment or Rollout, Service, page, HPA, budget, scrape, NetworkPolicies, release
 * analysis and alerts, all from one value.
 */
export const webService: Factory<WebServiceValues> = factoryOf(kind);
