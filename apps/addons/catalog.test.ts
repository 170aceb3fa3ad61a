import { describe, expect, it } from 'vitest';
import type { Environment } from '../../environments/environment.ts';
import { type AddonName, charts } from '../../environments/versions.ts';
import { local, production, systemIn } from '../testing/desired-state.ts';
import { addonsOf, catalog } from './catalog.ts';

const names = (environment: Environment): string[] => addonsOf(environment).map(({ name }) => name);
const { canary: _, ...web } = local.web;
const logs = { ...local.logs, stores: [] };
const asking = (...addons: AddonName[]): Environment => ({ ...local, addons, web, logs });

describe('the catalog', () => {
  it('has an addon for every pinned chart, under its name', () => {
    expect(Object.keys(catalog).sort()).toEqual(Object.keys(charts).sort());
    for (const [name, addon] of Object.entries(catalog)) expect(addon.name).toBe(name);
  });

  it('gives production everything but KEDA, the operator of MongoDB and the log store of a laptop, and a machine at hand what fits it', () => {
    const rest = Object.keys(charts).filter((name) => !names(production).includes(name));
    expect(rest).toEqual(['keda', 'psmdb-operator', 'victoria-logs']);
    expect(names(local)).toEqual([
      ...['argo-cd', 'argo-rollouts', 'kube-prometheus-stack', 'metrics-server'],
      ...['opentelemetry-collector', 'opentelemetry-events', 'prometheus-adapter'],
      ...['prometheus-operator-crds', 'traefik', 'victoria-logs'],
    ]);
  });

  it('brings definitions before whatever needs them', () => {
    const stages = ['definitions', 'foundation', 'secrets', 'platform'];
    for (const { stage, needs = [] } of Object.values(catalog))
      for (const other of needs)
        expect(stages.indexOf(catalog[other].stage)).toBeLessThanOrEqual(stages.indexOf(stage));
    for (const name of ['prometheus-operator-crds', 'karpenter-crd'] as const)
      expect(catalog[name].stage).toBe('definitions');
  });

  it('asks for memory and CPU, and limits memory, in every environment that can have it', () => {
    for (const { name, values } of addonsOf(production)) {
      const found = sizes(values(production, systemIn(production)));
      // Definitions have no pods.
      expect(found.length > 0, name).toBe(!name.endsWith('-crd') && !name.endsWith('-crds'));
      for (const each of found)
        expect(each, name).toEqual({
          requests: { cpu: expect.any(String), memory: expect.any(String) },
          limits: { memory: (each as { requests: { memory: string } }).requests.memory },
        });
    }
  });

  it('runs a pod more in production than at hand', () => {
    expect(catalog['metrics-server'].values(local, systemIn(local))).toMatchObject({ replicas: 1 });
    expect(catalog['metrics-server'].values(production, systemIn(production))).toMatchObject({
      replicas: 2,
      podDisruptionBudget: { enabled: true, maxUnavailable: 1 },
    });
    expect(catalog.loki.values(local, systemIn(local))).toMatchObject({
      loki: { storage: { type: 'filesystem' } },
    });
    expect(catalog.loki.values(production, systemIn(production))).toMatchObject({
      loki: { storage: { type: 's3' } },
    });
  });

  it('has no ServiceMonitor where its definition is not installed', () => {
    const bare = asking('metrics-server');
    expect(catalog['metrics-server'].values(bare, systemIn(bare))).toMatchObject({
      serviceMonitor: { enabled: false },
    });
    expect(catalog['metrics-server'].values(local, systemIn(local))).toMatchObject({
      serviceMonitor: { enabled: true },
    });
  });
});

/** Every `resources` of pods in a chart's values; a volume claim has some of its own. */
function sizes(values: unknown): unknown[] {
  if (typeof values !== 'object' || values === null) return [];
  return Object.entries(values).flatMap(([key, inner]) => {
    if (key !== 'resources' || !('requests' in inner)) return sizes(inner);
    return 'storage' in inner.requests ? [] : [inner];
  });
}

describe('an environment is refused', () => {
  it('both adapters of one API', () => {
    const both = asking(
      ...(['prometheus-operator-crds', 'kube-prometheus-stack', 'prometheus-adapter', 'keda'] as const),
    );
    expect(() => addonsOf(both)).toThrow(
      "Environment 'local': 'addons' must not have both prometheus-adapter and keda: both serve the APIService v1beta1.external.metrics.k8s.io, and a cluster has one",
    );
    expect(names(asking('keda'))).toEqual(['keda']);
  });

  it('an addon without what it needs, one of a cloud that it has not, and one twice; all at once', () => {
    expect(() => addonsOf(asking('prometheus-adapter', 'karpenter', 'jenkins', 'jenkins'))).toThrow(
      "Environment 'local': 'addons' (prometheus-adapter) needs kube-prometheus-stack beside it; 'addons' (karpenter) needs 'aws'; 'addons' (karpenter) needs karpenter-crd beside it; 'addons' has jenkins twice",
    );
  });

  it('a record of arrivals at an address with a password, of no time, by what is no name of a metric', () => {
    const recordedArrivals = { prometheus: 'http://me:secret@prometheus:9090', hours: 0, counter: 'sum(x)' };
    expect(() => addonsOf({ ...local, recordedArrivals })).toThrow(
      "Environment 'local': 'recordedArrivals.prometheus' must be http:// or https://, a host and at most a port and a path; 'recordedArrivals.hours' (0) must be a whole number from 1 to 336; 'recordedArrivals.counter' (sum(x)) must be the name of a metric",
    );
  });

  it('an addon of a log store, a log store twice, and a time that not all stores can keep', () => {
    const refused = {
      ...asking('loki'),
      logs: { stores: ['loki', 'loki'], retention: '7d', volume: '1Gi' },
    } as const;
    expect(() => addonsOf(refused)).toThrow(
      "Environment 'local': 'addons' must not have loki: 'logs.stores' decides it; 'logs.stores' has loki twice; 'logs.retention' (7d) must be whole hours, at least 24h",
    );
  });

  it('secrets, certificates and releases without the addon that handles them', () => {
    expect(() => addonsOf({ ...production, logs, addons: ['argo-cd'] })).toThrow(
      "Environment 'production': 'secrets' (external) needs the addon external-secrets; 'clusterIssuer' (letsencrypt) needs the addon cert-manager; 'brokerTls' needs the addon cert-manager; 'brokerTls' needs the addon trust-manager; 'canary' (traefik) needs the addon argo-rollouts; 'canary' (traefik) needs the addon kube-prometheus-stack; 'canary' (traefik) needs the addon traefik",
    );
  });

  it('a page without a login behind a load balancer, and a login that no controller asks for', () => {
    const without = {
      ...production,
      web: { ...production.web, openPages: { kind: 'without-login' } },
    } as const;
    expect(() => addonsOf(without)).toThrow(
      "Environment 'production': 'openPages' (without-login) must be none, basic-auth or oidc behind a load balancer",
    );
    const basic = {
      ...asking('metrics-server'),
      web: { ...web, openPages: { kind: 'basic-auth' } },
    } as const;
    expect(() => addonsOf(basic)).toThrow(
      "Environment 'local': 'openPages' (basic-auth) needs the addon traefik",
    );
  });

  it('a canary without the addons that shift, split and measure; Istio is none of them', () => {
    const istio = { ...asking('traefik'), web: { ...web, canary: 'istio' as const } };
    expect(() => addonsOf(istio)).toThrow(
      "Environment 'local': 'canary' (istio) needs the addon argo-rollouts; 'canary' (istio) needs the addon kube-prometheus-stack",
    );
  });
});
