import { describe, expect, it } from 'vitest';
import { type Canary, ReleaseAnalysis, type ReleaseAnalysisProps } from './release.ts';
import { faultsOf, objectsOf } from './testing.ts';
import { TrafficSplit, type TrafficSplitProps } from './traffic-split.ts';
import { WebService, type WebServiceProps } from './web-service.ts';

const self = { name: 'x', namespace: 'x', component: 'web' } as const;

const bounds = { successRatio: 0.99, p99Seconds: 0.25, minRequestsPerSecond: 0.5, windowSeconds: 60 };
const canary: Canary = { router: 'traefik', weights: [10, 50], bounds };
const service: WebServiceProps = {
  ...{ ...self, image: 'x:1', readyPath: '/x', priorityClassName: 'high', placement: { maxPods: 4 }, canary },
};

const rolloutOf = (props: WebServiceProps) =>
  objectsOf((scope) => new WebService(scope, 'x', props)).find(({ kind }) => kind === 'Rollout');

describe('a web service with canary releases', () => {
  it('is a Rollout with the pods of its Deployment, and without a count', () => {
    const { canary: _, ...rolling } = service;
    const deployment = objectsOf((scope) => new WebService(scope, 'x', rolling)).find(
      ({ kind }) => kind === 'Deployment',
    );
    const rollout = rolloutOf(service);
    expect(rollout.spec.template).toEqual(deployment.spec.template);
    expect(rollout.spec.selector).toEqual(deployment.spec.selector);
    expect(rollout.spec).not.toHaveProperty('replicas');
    expect(rollout.metadata).toEqual(deployment.metadata);
  });

  it('looks at each share for a window, and is judged before the next', () => {
    const { steps } = rolloutOf(service).spec.strategy.canary;
    const judge = {
      templates: [{ templateName: 'x-release' }],
      args: [{ name: 'pod-template-hash', valueFrom: { podTemplateHashValue: 'Latest' } }],
    };
    expect(steps).toEqual([
      ...[{ setWeight: 10 }, { pause: { duration: '60s' } }, { analysis: judge }],
      ...[{ setWeight: 50 }, { pause: { duration: '60s' } }, { analysis: judge }],
    ]);
  });

  it('is split by one or the other router, chosen by one value', () => {
    const traefik = rolloutOf(service).spec.strategy.canary;
    expect(traefik).toMatchObject({
      ...{ stableService: 'x-stable', canaryService: 'x-canary' },
      trafficRouting: { traefik: { weightedTraefikServiceName: 'x' } },
    });
    const istio = rolloutOf({ ...service, canary: { ...canary, router: 'istio' } }).spec.strategy.canary;
    expect(istio).not.toHaveProperty('stableService');
    expect(istio.trafficRouting).toEqual({
      istio: {
        virtualService: { name: 'x' },
        destinationRule: { name: 'x', stableSubsetName: 'stable', canarySubsetName: 'canary' },
      },
    });
  });

  it('refuses steps that do not rise, and bounds that nothing or everything passes', () => {
    const wrong = { successRatio: 1, p99Seconds: 0, minRequestsPerSecond: 0, windowSeconds: 0 };
    const props = { ...service, canary: { ...canary, weights: [50, 10], bounds: wrong } };
    expect(faultsOf((scope) => new WebService(scope, 'x', props))).toEqual([
      "'canary.weights' (50, 10) must be rising whole percentages from 1 to 99",
      "'canary.bounds.successRatio' (1) must be between 0 and 1: at 1 a single error ends a release",
      "'canary.bounds.p99Seconds' (0) must be positive",
      "'canary.bounds.minRequestsPerSecond' (0) must be positive: no requests would count as good ones",
      "'canary.bounds.windowSeconds' (0) must be a whole number of at least 1",
    ]);
  });
});

const split: TrafficSplitProps = { ...self, router: 'traefik', host: 'x.example.com', path: '/x' };
const kindsOf = (props: TrafficSplitProps) =>
  new Map(
    objectsOf((scope) => new TrafficSplit(scope, 'x', props)).map((one) => [
      `${one.kind}/${one.metadata.name}`,
      one,
    ]),
  );

describe('the way to two versions', () => {
  it('leads past Traefik to two Services, of which the stable one has all requests', () => {
    const objects = kindsOf(split);
    expect([...objects.keys()].sort()).toEqual([
      ...['IngressRoute/x', 'Service/x-canary', 'Service/x-stable', 'TraefikService/x'],
    ]);
    expect(objects.get('IngressRoute/x')?.spec.routes).toEqual([
      {
        kind: 'Rule',
        match: 'Host(`x.example.com`) && (Path(`/x`) || PathPrefix(`/x/`))',
        services: [{ kind: 'TraefikService', name: 'x' }],
      },
    ]);
    expect(objects.get('TraefikService/x')?.spec.weighted.services).toEqual([
      { name: 'x-stable', port: 'http', weight: 100 },
      { name: 'x-canary', port: 'http', weight: 0 },
    ]);
  });

  it('has Services that Prometheus does not take for a second page of the same pods', () => {
    const [scraped] = objectsOf((scope) => new WebService(scope, 'x', service)).filter(
      ({ kind }) => kind === 'Service',
    );
    const { 'app.kubernetes.io/component': web } = scraped.metadata.labels;
    for (const name of ['x-stable', 'x-canary'])
      expect(kindsOf(split).get(`Service/${name}`)?.metadata.labels['app.kubernetes.io/component']).not.toBe(
        web,
      );
  });

  it('has a certificate where the environment has an issuer, and takes no plain requests then', () => {
    const objects = kindsOf({ ...split, clusterIssuer: 'letsencrypt' });
    expect(objects.get('Certificate/x')?.spec).toMatchObject({
      secretName: 'x-tls',
      dnsNames: ['x.example.com'],
    });
    expect(objects.get('IngressRoute/x')?.spec).toMatchObject({
      entryPoints: ['websecure'],
      tls: { secretName: 'x-tls' },
    });
  });

  it('leads past Istio to two subsets of one Service, in the mesh and by a Gateway', () => {
    const objects = kindsOf({ ...split, router: 'istio', gateway: 'istio-ingress/public' });
    expect([...objects.keys()].sort()).toEqual(['DestinationRule/x', 'VirtualService/x']);
    const { hosts, gateways, http } = objects.get('VirtualService/x')?.spec ?? {};
    expect(hosts).toEqual(['x.x.svc.cluster.local', 'x.example.com']);
    expect(gateways).toEqual(['mesh', 'istio-ingress/public']);
    const [{ route }] = http;
    expect(route.map((one: { weight: number }) => one.weight)).toEqual([100, 0]);
    const subsets = objects.get('DestinationRule/x')?.spec.subsets;
    expect(route.map((one: { destination: { subset: string } }) => one.destination.subset)).toEqual(
      subsets.map((one: { name: string }) => one.name),
    );
  });

  it('refuses a host of one label, a path that would break out of its rule, and a gateway without a namespace', () => {
    const wrong = { ...split, host: 'x', path: '/x`)', gateway: 'public' };
    expect(faultsOf((scope) => new TrafficSplit(scope, 'x', wrong))).toEqual([
      "'host' (x) must be a host name of at least two labels",
      "'path' (/x`)) must be parts of letters, digits, - _ . and ~, each behind a /: it becomes part of a rule",
      "'gateway' (public) must be namespace/name",
    ]);
  });
});

const analysis: ReleaseAnalysisProps = {
  ...{ ...self, bounds, scrapeSeconds: 15, readyEverySeconds: 10, prometheus: 'http://prometheus:9090' },
};

describe('the analysis of a release', () => {
  const [template] = objectsOf((scope) => new ReleaseAnalysis(scope, 'x', analysis));
  const metrics: readonly {
    name: string;
    successCondition: string;
    failureCondition: string;
    provider: { prometheus: { query: string } };
  }[] = template.spec.metrics;

  /** Evaluates like Argo Rollouts: the expressions used here mean the same in JavaScript. */
  const verdict = (
    { successCondition, failureCondition }: (typeof metrics)[number],
    result: number[],
  ): string => {
    const holds = (condition: string): unknown =>
      new Function('result', 'len', 'isNaN', `return ${condition}`)(
        result,
        (list: readonly unknown[]) => list.length,
        Number.isNaN,
      );
    if (holds(failureCondition)) return 'failed';
    return holds(successCondition) ? 'successful' : 'inconclusive';
  };

  it.each([
    ['success-ratio', 0.99, 'successful'],
    ['success-ratio', 0.98, 'failed'],
    ['p99-seconds', 0.25, 'successful'],
    ['p99-seconds', 0.26, 'failed'],
  ])('takes a %s of %d for %s', (name, value, expected) => {
    const metric = metrics.find((one) => one.name === name);
    expect(metric && verdict(metric, [value])).toBe(expected);
  });

  it('takes no data, and what is no number, for neither', () => {
    for (const metric of metrics)
      for (const result of [[], [Number.NaN]])
        expect(verdict(metric, result), metric.name).toBe('inconclusive');
  });

  it('asks for the pods of one version of one service, and takes the probes off', () => {
    for (const { provider } of metrics) {
      const selectors = [...provider.prometheus.query.matchAll(/\{([^}]*\{\{[^}]*\}\}[^}]*)\}/g)];
      expect(selectors.length).toBeGreaterThan(2);
      for (const [, selector] of selectors)
        expect(selector).toContain(
          'namespace="x",service="x",rollouts_pod_template_hash="{{args.pod-template-hash}}"',
        );
      expect(provider.prometheus.query).toContain('== 1) / 10 > 0.5)');
    }
  });

  it('refuses a window in which no two samples are sure', () => {
    const short = { ...analysis, bounds: { ...bounds, windowSeconds: 29 } };
    expect(faultsOf((scope) => new ReleaseAnalysis(scope, 'x', short))).toEqual([
      "'bounds.windowSeconds' (29) must be at least 2 x 'scrapeSeconds' (15): a rate needs two samples, and without one it is empty",
    ]);
  });
});
