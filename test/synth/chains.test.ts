import { describe, expect, it } from 'vitest';
import { applications } from '../../apps/main.ts';
import { render } from '../../apps/rendering.ts';
import {
  bank,
  local,
  production,
  render as renderOwn,
  withTransactions,
} from '../../apps/testing/desired-state.ts';
import { bankInProduction } from '../../apps/testing/environments.ts';
import { environments } from '../../environments/index.ts';
import { type LinkKind, linkKinds, sentenceOf } from '../../packages/manifests/links/links.ts';
import { beside, brokenForSure, brokenIn, dist, files, linksAmong } from './chains.ts';

/** Without them, what they bring comes from elsewhere, if at all: nothing here can tell. */
const GROUND = ['kube-prometheus-stack', 'metrics-server', 'traefik'] as const;

const all = [
  ...environments.map((environment) => ({
    name: environment.name,
    broken: GROUND.every((addon) => environment.addons.includes(addon)) ? brokenIn : brokenForSure,
    links: linksAmong(render({ environments: [environment], applications }), environment, applications),
  })),
  ...[bank, bankInProduction].map((environment) => ({
    name: `the tests’ ${environment.name}`,
    broken: brokenIn,
    links: linksAmong(renderOwn([environment], withTransactions), environment, withTransactions),
  })),
];

/** Kinds of links that no environment needs yet: they are proved on objects of their own below. */
const UNUSED: readonly LinkKind[] = [
  'workload -> PersistentVolumeClaim',
  'ScaledObject -> workload',
  'VirtualService -> Service',
  'workload -> RuntimeClass',
  'Ingress -> Secret',
  'HTTPRoute -> Gateway',
  'HTTPRoute -> Service',
  'HTTPRoute -> ReferenceGrant',
  'API server -> Service',
  'Certificate -> Issuer',
  'VerticalPodAutoscaler -> workload',
  'TriggerAuthentication -> Secret',
  'IngressRoute -> Middleware',
  'Rollout -> workload',
  'ScaledObject -> TriggerAuthentication',
  'PodMonitor -> pods',
  'object -> named object',
];

/** What the tests' own environments have. */
const own = [local, production].flatMap((environment) => linksAmong(renderOwn([environment]), environment));

describe('the chains of the desired state', () => {
  it.each(all)('of $name lead somewhere, each link of each object', ({ links, broken }) => {
    expect(broken(links)).toEqual([]);
    expect(links.length).toBeGreaterThan(50);
  });

  it.each(linkKinds.filter((kind) => !UNUSED.includes(kind)))('have a link %s at least', (kind) => {
    expect(own.filter((link) => link.kind === kind)).not.toEqual([]);
  });

  it.each(all)('of $name lead from every alert to code, or to an exporter that is named', ({ links }) => {
    const metrics = links.filter(
      ({ kind, end }) => kind === 'PrometheusRule -> metric' && end.kind !== 'broken',
    );
    for (const link of metrics)
      expect(sentenceOf(link)).toMatch(
        /reads \w+:\w+:\w+: PrometheusRule \S+$|a (counter|gauge|histogram) of services\/[\w-]+( by [\w, ]+)?$|a metric of ([\w-]+ itself|[\w -]+, by the chart [a-z-]+)$/,
      );
  });
});

const hpa = (metric: string): string =>
  `{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: worker, namespace: consumer},
    spec: {scaleTargetRef: {kind: Deployment, name: worker}, metrics: [${metric}]}}`;
const external = (name: string): string =>
  `{type: External, external: {metric: {name: ${name}}, target: {type: AverageValue, averageValue: "1"}}}`;
const adapter = (query: string): string =>
  JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'adapter', namespace: 'monitoring' } },
    data: { 'config.yaml': `externalRules: [{seriesQuery: '${query}', name: {as: jobs_waiting}}]` },
  });

describe('a chain of scaling', () => {
  it('leads from an HPA by a rule of the adapter to the code that registers the series', () => {
    const links = linksAmong(
      new Map([
        ...files,
        [dist('shop/hpa.yaml'), hpa(external('jobs_waiting'))],
        [dist('shop/adapter.yaml'), adapter('jobs_in_flight{namespace="consumer"}')],
      ]),
    );
    const sentences = links.filter(({ from }) => from.file === dist('shop/hpa.yaml')).map(sentenceOf);
    expect(sentences).toEqual([
      expect.stringContaining('scales: Deployment consumer/worker is not there'),
      expect.stringContaining('goes by jobs_waiting, made by a rule of: ConfigMap monitoring/adapter'),
      expect.stringMatching(/reads jobs_in_flight: a gauge of services\/consumer$/),
      expect.stringContaining('jobs_in_flight is scraped by: ServiceMonitor consumer/consumer'),
    ]);
  });

  it('is broken where no rule makes the metric, or no service registers its series', () => {
    expect(beside(hpa(external('jobs_waiting'))).join('\n')).toContain(
      'no rule of prometheus-adapter makes jobs_waiting',
    );
    expect(beside(hpa(external('jobs_waiting')), adapter('jobs_in_fight')).join('\n')).toContain(
      'no service, rule or known exporter registers jobs_in_fight',
    );
  });

  it('leads from an HPA on the use of resources to the server that measures it', () => {
    const cpu = hpa('{type: Resource, resource: {name: cpu}}');
    expect(beside(cpu)).toEqual([expect.stringContaining('Deployment consumer/worker is not there')]);
  });

  it('leads from a ScaledObject to what it scales', () => {
    const scaled =
      '{apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: {name: w, namespace: consumer}, spec: {scaleTargetRef: {name: worker}}}';
    expect(beside(scaled)).toEqual([
      'ScaledObject consumer/w of production scales: Deployment consumer/worker is not there',
    ]);
  });

  it('leads from a pod to its claim, also to one that a StatefulSet makes', () => {
    const pod = (claim: string) =>
      `{apiVersion: v1, kind: Pod, metadata: {name: w, namespace: consumer}, spec: {volumes: [{name: data, persistentVolumeClaim: {claimName: ${claim}}}]}}`;
    const set =
      '{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db, namespace: consumer}, spec: {volumeClaimTemplates: [{metadata: {name: data}}]}}';
    const missing = (claim: string): string =>
      `Pod consumer/w of production stores in: PersistentVolumeClaim consumer/${claim} is not there`;
    expect(beside(pod('data'))).toEqual([missing('data')]);
    const links = (claim: string) => beside(pod(claim), set).filter((one) => one.startsWith('Pod '));
    expect(links('data-db-0')).toEqual([]);
    expect(links('data-db')).toEqual([missing('data-db')]);
    expect(links('logs-db-0')).toEqual([missing('logs-db-0')]);
  });
});

describe('releases that Istio splits', () => {
  const istio = { ...production, web: { ...production.web, canary: 'istio' as const } };
  const wanted = renderOwn([istio]);
  const rule = 'production/api/destinationrule-api.api.yaml';

  it('lead from a Rollout by its router to two subsets of one Service', () => {
    const links = linksAmong(wanted, istio);
    expect(brokenIn(links)).toEqual([]);
    const shares = links.filter(({ kind }) => kind === 'VirtualService -> Service').map(sentenceOf);
    expect(shares).toEqual([
      expect.stringMatching(/leads a share to the subset stable of: Service api\/api$/),
      expect.stringMatching(/leads a share to the subset canary of: Service api\/api$/),
    ]);
  });

  it('are broken without the subsets', () => {
    const renamed = wanted.get(rule)?.replace('name: canary', 'name: next') ?? '';
    expect(brokenIn(linksAmong(new Map(wanted).set(rule, renamed), istio))).toEqual([
      expect.stringContaining('no subset canary of api.api.svc.cluster.local'),
    ]);
    const rest = new Map(wanted);
    rest.delete(rule);
    expect(brokenIn(linksAmong(rest, istio))).toContain(
      'Rollout api/api of production shifts the requests of a release by: DestinationRule api/api is not there',
    );
  });
});
