import { k8s } from 'cdk8s-plus-27';
import { describe, expect, it } from 'vitest';
import {
  Autoscaler,
  type AutoscalerProps,
  type CounterRateProps,
  counterRate,
  cpuUtilization,
} from './autoscaler.ts';
import { faultsOf, objectsOf } from './testing.ts';
import { WebService, type WebServiceProps } from './web-service.ts';

const self = { name: 'x', namespace: 'x', component: 'web' } as const;

const counted: CounterRateProps = {
  ...{ series: 'http_requests_total', service: 'x', perReplica: 10, windowSeconds: 60, scrapeSeconds: 15 },
};

describe('the rate of a counter', () => {
  it('has one name at both ends', () => {
    const { name, rule, metric } = counterRate(counted);
    expect(name).toBe('http_requests_per_second');
    expect(metric.external?.metric.name).toBe(name);
    // The adapter is written in Go and does the same: ${1} is what the first parentheses matched.
    const [, matched] = new RegExp(rule.name.matches).exec('http_requests_total') ?? [];
    expect(rule.name.as.replace(/\$\{1\}/, matched ?? '')).toBe(name);
  });

  it('is what the adapter sums over the namespace, and the HPA asks for one Service of it', () => {
    const { rule, metric } = counterRate(counted);
    expect(rule).toMatchObject({
      seriesQuery: '{__name__="http_requests_total"}',
      resources: { overrides: { namespace: { resource: 'namespace' } } },
      metricsQuery: 'sum(rate(<<.Series>>{<<.LabelMatchers>>}[1m]))',
    });
    expect(metric.external?.metric.selector).toEqual({ matchLabels: { service: 'x' } });
    expect(counterRate({ ...counted, windowSeconds: 90 }).rule.metricsQuery).toContain('[90s]');
  });

  it('refuses a gauge, a window in which no two samples are sure, and nothing a replica', () => {
    const wrong = { ...counted, series: 'http_requests', perReplica: 0, windowSeconds: 29 };
    expect(faultsOf(() => counterRate(wrong))).toEqual([
      "'series' (http_requests) must be a counter: its name ends in _total",
      "'perReplica' (0) must be a whole number of at least 1",
      "'windowSeconds' (29) must be at least 2 x 'scrapeSeconds' (15): a rate needs two samples, and without one it is empty",
    ]);
    expect(faultsOf(() => counterRate({ ...counted, windowSeconds: 30 }))).toEqual([]);
  });
});

const slow = { type: 'Percent', value: 10, periodSeconds: 60 } as const;
const rules = { stabilizationWindowSeconds: 60, policies: [slow], selectPolicy: 'Max' } as const;
const scaled: AutoscalerProps = {
  ...{ ...self, minReplicas: 1, maxReplicas: 15, metrics: [cpuUtilization(80)] },
  behavior: { scaleUp: rules, scaleDown: rules },
};

describe('an autoscaler', () => {
  it('says how fast, where Kubernetes reads it', () => {
    const [hpa] = objectsOf((scope) => new Autoscaler(scope, 'x', scaled));
    expect(hpa.spec.behavior).toEqual({ scaleUp: rules, scaleDown: rules });
  });

  it('cannot be written with its behavior one level too high: that is no type', () => {
    const { minReplicas, maxReplicas, behavior } = scaled;
    const spec = {
      ...{ minReplicas, maxReplicas, scaleTargetRef: { kind: 'Deployment', name: 'x' } },
    };
    const [hpa] = objectsOf(
      (scope) =>
        // @ts-expect-error `behavior` belongs into `spec`: beside it the API server drops it without a word.
        new k8s.KubeHorizontalPodAutoscalerV2(scope, 'x', { metadata: { name: 'x' }, spec, behavior }),
    );
    // What tsc refuses is gone at run time too: no other check would notice.
    expect(JSON.stringify(hpa)).not.toContain('behavior');
    const { behavior: _, ...without } = scaled;
    const metrics = [{ ...cpuUtilization(80), behavior }];
    // @ts-expect-error nor can it be left out, because its place is elsewhere: here, in a metric.
    const misplaced: AutoscalerProps = { ...without, metrics };
    expect(misplaced).not.toHaveProperty('behavior');
  });

  it('refuses bounds that cross, nothing to follow, and rules that Kubernetes would replace or refuse', () => {
    const hasty = { ...rules, stabilizationWindowSeconds: 3601, policies: [{ ...slow, periodSeconds: 0 }] };
    const faults = faultsOf(
      (scope) =>
        new Autoscaler(scope, 'x', {
          ...{ ...scaled, minReplicas: 16, metrics: [] },
          behavior: { scaleUp: { ...rules, policies: [] }, scaleDown: hasty },
        }),
    );
    expect(faults).toEqual([
      "'minReplicas' (16) must not exceed 'maxReplicas' (15)",
      "'metrics' must not be empty: Kubernetes would follow the CPU at 80 %",
      "'scaleUp.policies' must not be empty: Kubernetes would take its defaults",
      "'scaleDown.stabilizationWindowSeconds' (3601) must be a whole number from 0 to 3600",
      "'scaleDown.policies.periodSeconds' (0) must be a whole number from 1 to 1800",
    ]);
    expect(faultsOf((scope) => new Autoscaler(scope, 'x', { ...scaled, minReplicas: 0 }))).toEqual([
      "'minReplicas' (0) must be a whole number of at least 1",
    ]);
  });
});

const service: WebServiceProps = {
  ...{ ...self, image: 'registry.example/x:1.0.0', readyPath: '/api', priorityClassName: 'high' },
  placement: { maxPods: 19 },
};

describe('a web service', () => {
  it('leaves its replica count to the HPA, and no pod goes in a rollout before another is ready', () => {
    const deployment = objectsOf((scope) => new WebService(scope, 'x', service)).find(
      ({ kind }) => kind === 'Deployment',
    );
    expect(deployment.spec).not.toHaveProperty('replicas');
    expect(deployment.spec.strategy.rollingUpdate.maxUnavailable).toBe(0);
  });

  it('refuses a kill that comes before the last answer', () => {
    const hasty = { ...service, stopDeadlineSeconds: 20, terminationGracePeriodSeconds: 27 };
    expect(faultsOf((scope) => new WebService(scope, 'x', hasty))).toEqual([
      "'terminationGracePeriodSeconds' (27) must exceed 'drainDelaySeconds' (5) + 'lingerSeconds' (2) + 'stopDeadlineSeconds' (20): the kill would cut requests",
    ]);
    expect(
      faultsOf((scope) => new WebService(scope, 'x', { ...hasty, terminationGracePeriodSeconds: 28 })),
    ).toEqual([]);
  });

  it('lists the faults of its placement with its own', () => {
    const wrong = { ...service, readyPath: 'api', placement: { maxPods: 0 } };
    expect(faultsOf((scope) => new WebService(scope, 'x', wrong))).toEqual([
      "'readyPath' (api) must begin with /",
      "'maxPods' (0) must be a whole number of at least 1",
    ]);
  });
});
