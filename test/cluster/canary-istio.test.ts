/** Releases that Istio splits. Nothing routes here: the test reads what the real Argo Rollouts writes for Istio. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { local } from '../../apps/testing/environments.ts';
import { release, api as service } from '../../apps/testing/workloads.ts';
import { POD_HASH_LABEL } from '../../charts/release.ts';
import type { Cluster } from '../../packages/testbed/cluster.ts';
import { istioDefinitions } from '../../packages/testbed/definitions.ts';
import { applyDefinitions, definitionsOf } from '../../packages/testbed/lib/definitions.ts';
import { until } from '../../packages/testbed/lib/until.ts';
import { installAddon } from './addons.ts';
import { type Api, applyStrictly, openApi } from './api.ts';
import { installCrds } from './crds.ts';
import { GOOD, Releases, serviceIn } from './releases.ts';
import { sharedCluster } from './shared.ts';
import { provideService, testEnvironment } from './system.ts';

const committed = serviceIn({ ...testEnvironment, web: { ...local.web, canary: 'istio' } });

let cluster: Cluster;
let api: Api;
let releases: Releases;

beforeAll(async () => {
  cluster = await sharedCluster();
  api = await openApi(cluster.kubeconfig);
  releases = new Releases(cluster, api, committed);
  await provideService(cluster, 'api');
  await installAddon(cluster, 'argo-rollouts');
  await installCrds(cluster, committed);
  await applyDefinitions(cluster, await definitionsOf(istioDefinitions));
});

afterAll(() => api?.close());

const group = 'networking.istio.io/v1';

interface Shares {
  readonly spec: { readonly http: readonly { readonly route: readonly { readonly weight: number }[] }[] };
}

const shares = async () =>
  (await releases.read<Shares>(group, 'virtualservices')).spec.http.map(({ route }) =>
    route.map(({ weight }) => weight),
  );

interface Subsets {
  readonly spec: { readonly subsets: readonly { readonly labels: Readonly<Record<string, string>> }[] };
}

interface Placed {
  readonly spec: {
    readonly affinity: {
      readonly podAntiAffinity: {
        readonly preferredDuringSchedulingIgnoredDuringExecution: readonly {
          readonly podAffinityTerm: { readonly topologyKey: string; readonly labelSelector: object };
        }[];
      };
    };
  };
}

const versions = async () =>
  (await releases.read<Subsets>(group, 'destinationrules')).spec.subsets.map(
    ({ labels }) => labels[POD_HASH_LABEL],
  );

describe('a release that Istio splits', () => {
  test('is taken by the API server, strictly, and begins with all requests at the stable subset', async () => {
    for (const object of committed) {
      const { status, body } = await applyStrictly(api, object);
      expect(status, JSON.stringify(body)).toBeLessThan(300);
    }
    await releases.healthy(60);
    expect(await shares()).toEqual([[100, 0]]);
  });

  test('writes the weights, and of which pods each subset is', async () => {
    await releases.commit(GOOD);
    const [share = 0] = release.weights;
    await until('the first share', 60, async () => (await shares())[0]?.[1] === share);
    expect(await shares()).toEqual([[100 - share, share]]);
    const { stableRS, currentPodHash } = await releases.status();
    expect(currentPodHash).not.toBe(stableRS);
    expect(await versions()).toEqual([stableRS, currentPodHash]);
  });

  test('asks for other nodes than those of the version that is in use', async () => {
    const { stableRS, currentPodHash } = await releases.status();
    const selector = encodeURIComponent(`${POD_HASH_LABEL}=${currentPodHash}`);
    const pods = `/api/v1/namespaces/${service.namespace}/pods?labelSelector=${selector}`;
    const { items } = (await api.ask(pods)).body as { readonly items: readonly Placed[] };
    expect(items).toHaveLength(1);
    for (const { spec } of items) {
      const [wish] = spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution;
      expect(wish?.podAffinityTerm.topologyKey).toBe('kubernetes.io/hostname');
      expect(JSON.stringify(wish?.podAffinityTerm.labelSelector)).toContain(stableRS);
    }
  });

  test('gives the new version all when a person says so', async () => {
    const { currentPodHash } = await releases.status();
    await releases.promote();
    await releases.healthy(90);
    expect((await releases.status()).stableRS).toBe(currentPodHash);
    // The controller's next pass, after the one that called it stable.
    await until('all requests at the new one', 30, async () => (await shares())[0]?.[0] === 100);
    await until('its subsets', 30, async () => (await versions()).every((hash) => hash === currentPodHash));
    expect(await shares()).toEqual([[100, 0]]);
  });
});
