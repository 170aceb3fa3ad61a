import { describe, expect, it } from 'vitest';
import type { Environment } from '../environments/environment.ts';
import { ChartError } from '../packages/contracts/checks.ts';
import type { Manifest } from '../packages/manifests/manifests.ts';
import { addonsOf, catalog } from './addons/catalog.ts';
import { checkDefinitions } from './definitions.ts';
import { bankInProduction, local } from './testing/environments.ts';

const object = (apiVersion: string, kind: string): Manifest => ({
  ...{ apiVersion, kind, metadata: { name: 'broker', namespace: 'broker' } },
});

const rule = object('monitoring.coreos.com/v1', 'PrometheusRule');
const rollout = object('argoproj.io/v1alpha1', 'Rollout');
const widget = object('example.com/v1', 'Widget');

/** A cluster in which nothing is installed by Argo CD. */
const bare = { ...local, addons: [], logs: { ...local.logs, stores: [] } };

function faultsOf(environment: Environment, ...manifests: readonly Manifest[]): readonly string[] {
  try {
    checkDefinitions(environment, manifests);
  } catch (error) {
    if (error instanceof ChartError) return error.faults;
    throw error;
  }
  return [];
}

describe('custom resources of an environment', () => {
  it('are refused where no addon defines them, each kind once, with the addon that does', () => {
    expect(faultsOf(bare, rule, rule, rollout)).toEqual([
      "'addons' must define monitoring.coreos.com/PrometheusRule (broker): the addon prometheus-operator-crds does, or, where the cluster has its definition already, 'definitions' names prometheus-operator-crds",
      "'addons' must define argoproj.io/Rollout (broker): the addon argo-rollouts does, or, where the cluster has its definition already, 'definitions' names argo-rollouts",
    ]);
  });

  it('pass with the addon, or where the environment says that the cluster defines them', () => {
    expect(faultsOf(local, rule, rollout)).toEqual([]);
    const definitions = ['prometheus-operator-crds', 'argo-rollouts'] as const;
    expect(faultsOf({ ...bare, definitions }, rule, rollout)).toEqual([]);
  });

  it('that an addon needs may be there already', () => {
    const addons = local.addons.filter((name) => name !== 'prometheus-operator-crds');
    expect(() => addonsOf({ ...local, addons })).toThrow(/needs prometheus-operator-crds beside it/);
    const definitions = ['prometheus-operator-crds'] as const;
    expect(addonsOf({ ...local, addons, definitions }).map(({ name }) => name)).not.toContain(
      'prometheus-operator-crds',
    );
  });

  it('of one group are defined by the addon of the kind alone', () => {
    const faults = faultsOf({ ...bare, addons: ['argo-cd'] }, rollout);
    expect(faults).toEqual([expect.stringContaining('the addon argo-rollouts does')]);
  });

  it('that no addon defines are named by group and kind', () => {
    expect(faultsOf(local, widget)).toEqual([
      "'addons' must define example.com/Widget (broker), which none of them does: where the cluster has its definition already, 'definitions' names example.com/Widget",
    ]);
    expect(faultsOf({ ...local, definitions: ['example.com/Widget'] }, widget)).toEqual([]);
  });

  it("are Istio's where it splits the requests", () => {
    const service = object('networking.istio.io/v1', 'VirtualService');
    expect(faultsOf({ ...local, web: { ...local.web, canary: 'istio' } }, service)).toEqual([]);
    expect(faultsOf(local, service)).toHaveLength(1);
  });

  it('are those of operators that log stores and transactions bring', () => {
    const stores = [
      object('elasticsearch.k8s.elastic.co/v1', 'Elasticsearch'),
      object('psmdb.percona.com/v1', 'PerconaServerMongoDB'),
    ];
    expect(faultsOf(bankInProduction, ...stores)).toEqual([]);
  });

  it('are no kinds of Kubernetes', () => {
    const own = [object('v1', 'Secret'), object('apps/v1', 'Deployment'), object('policy/v1', 'Eviction')];
    expect(faultsOf(bare, ...own, object('networking.k8s.io/v1', 'Ingress'))).toEqual([]);
  });

  it('refuse a definition that is neither an addon nor group/Kind', () => {
    expect(faultsOf({ ...local, definitions: ['widgets/'] })).toEqual([
      "'definitions' (widgets/) must name an addon, or group/Kind such as example.com/Widget",
    ]);
  });

  it('are defined by one addon each', () => {
    const all = Object.values(catalog).flatMap(({ defines = [] }) => defines);
    expect(all.length).toBeGreaterThan(10);
    expect(new Set(all).size).toBe(all.length);
  });
});
