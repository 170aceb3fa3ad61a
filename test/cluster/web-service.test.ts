/** The web service as rendered: its requests decide how many pods it has, and none of them fails meanwhile. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scaling, api as service } from '../../apps/testing/workloads.ts';
import { counterRate } from '../../charts/autoscaler.ts';
import { ingressAddress } from '../../packages/testbed/addons/traefik.ts';
import type { Cluster, KubernetesObject } from '../../packages/testbed/cluster.ts';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { until } from '../../packages/testbed/lib/until.ts';
import { installAddon } from './addons.ts';
import { type Api, applyStrictly, openApi } from './api.ts';
import { lookWhile, type Sight, sendRequests } from './load.ts';
import { serviceIn } from './releases.ts';
import { sharedCluster } from './shared.ts';
import { provideService, testEnvironment } from './system.ts';

const { behavior } = scaling;
const rate = counterRate({ ...scaling.requests, service: service.name, scrapeSeconds: 15 });
const metricPath = `/apis/external.metrics.k8s.io/v1beta1/namespaces/${service.namespace}/${rate.name}`;

const wanted = serviceIn(testEnvironment);
const autoscaler = wanted.find(({ kind }) => kind === 'HorizontalPodAutoscaler');

let cluster: Cluster;
let api: Api;
let ingress: string;

const kubectl = async (...args: string[]) => (await cluster.kubectl(args)).stdout.trim();

beforeAll(async () => {
  cluster = await sharedCluster();
  api = await openApi(cluster.kubeconfig);
  await provideService(cluster, 'api');
  for (const addon of ['metrics-server', 'traefik', 'prometheus', 'prometheus-adapter'] as const)
    await installAddon(cluster, addon);
  await cluster.apply(wanted);
  const available = ['wait', 'deployment/api', '--for=condition=Available', `--timeout=${patient(120)}s`];
  await kubectl('-n', service.namespace, ...available);
  ingress = await ingressAddress(cluster);
});

afterAll(() => api?.close());

/** Requests a second, as the adapter reports them to the HPA; undefined while it reports none. */
async function perSecond(): Promise<number | undefined> {
  const { body } = await api.ask(`${metricPath}?labelSelector=service%3D${service.name}`);
  const [item] = (body as { items?: { value: string }[] }).items ?? [];
  if (item === undefined) return undefined;
  return item.value.endsWith('m') ? Number(item.value.slice(0, -1)) / 1000 : Number(item.value);
}

async function counts(): Promise<{ readonly wanted: number; readonly ready: number }> {
  const path = `/apis/apps/v1/namespaces/${service.namespace}/deployments/${service.name}`;
  const { spec, status } = (await api.ask(path)).body as {
    readonly spec: { readonly replicas: number };
    readonly status: { readonly readyReplicas?: number };
  };
  return { wanted: spec.replicas, ready: status.readyReplicas ?? 0 };
}

interface Seen {
  readonly perSecond: number;
  readonly wanted: number;
  readonly ready: number;
}

const underLoad = (perSecondSent: number, seconds: number) =>
  lookWhile<Seen>(
    sendRequests(cluster, {
      ...{ address: ingress, host: testEnvironment.web.hosts.api, path: '/api/orders?customer=4711' },
      ...{ perSecond: perSecondSent, seconds },
    }),
    async () => {
      const [rated, count] = await Promise.all([perSecond(), counts()]);
      return { perSecond: rated ?? 0, ...count };
    },
  );

/** Each change, as a line of a log. */
const story = (sights: readonly Sight<Seen>[]): string =>
  sights
    .filter(({ wanted, ready }, at) => wanted !== sights[at - 1]?.wanted || ready !== sights[at - 1]?.ready)
    .map(
      ({ seconds, perSecond: rated, wanted, ready }) =>
        `  ${seconds.toFixed(0).padStart(3)} s  ${rated.toFixed(1).padStart(5)} requests/s  ${ready} of ${wanted} replicas`,
    )
    .join('\n');

const say = (title: string, sights: readonly Sight<Seen>[]): boolean =>
  process.stderr.write(`${title}\n${story(sights)}\n`);

const firstOf = (sights: readonly Sight<Seen>[], holds: (sight: Seen) => boolean): number =>
  sights.find(holds)?.seconds ?? Number.NaN;

const unharmed = { non2xx: 0, errors: 0, timeouts: 0 };

describe('the HPA of the web service', () => {
  test('has its metric from the adapter, by the rule that was made with it', async () => {
    const value = await until('the metric', 180, async () => await perSecond());
    // Only the kubelet sends requests: its readiness probe, once in 10 s.
    expect(value).toBeLessThan(1);
    const active = '{.status.conditions[?(@.type=="ScalingActive")].status}';
    const status = ['get', 'hpa', service.name, '-o', `jsonpath=${active}`];
    await until('the HPA', 120, async () => (await kubectl('-n', service.namespace, ...status)) === 'True');
    expect((await counts()).wanted).toBe(1);
  });

  test('follows the load up at once, and down after the window by a tenth a minute; no request fails', async () => {
    const high = await underLoad(55, 140);
    say('55 requests/s begin', high.sights);
    const peak = Math.max(...high.sights.map((sight) => sight.wanted));
    // 10 a second and replica: 6 for 55. A busy machine sends fewer, and what was measured decides.
    const measured = Math.max(...high.sights.map((sight) => sight.perSecond));
    expect(peak).toBeGreaterThan(2);
    expect(peak).toBeGreaterThanOrEqual(Math.ceil((0.9 * measured) / 10));
    expect(peak).toBeLessThanOrEqual(Math.ceil((1.1 * measured) / 10) + 1);
    expect(firstOf(high.sights, ({ ready }) => ready === peak)).toBeLessThan(patient(120));
    expect(high.sights.at(-1)?.wanted, 'nothing falls under load').toBe(peak);
    expect(high.answered).toMatchObject(unharmed);

    // Some still come while pods go.
    const low = await underLoad(4, 130);
    say('4 requests/s are left', low.sights);
    const fallen = firstOf(low.sights, ({ wanted }) => wanted < peak);
    expect(fallen).toBeGreaterThanOrEqual(behavior.scaleDown.stabilizationWindowSeconds);
    expect(fallen).toBeLessThan(125);
    // A tenth of 6, and of 7, is less than one: one goes, and the next a minute later.
    const within = low.sights.filter(({ seconds }) => seconds < fallen + 55);
    expect(Math.min(...within.map(({ wanted }) => wanted))).toBe(peak - 1);
    expect(low.answered).toMatchObject(unharmed);
    expect(low.answered['2xx']).toBeGreaterThan(130);
  });
});

describe('a behavior that is written one level too high', () => {
  const { spec, ...rest } = autoscaler ?? { apiVersion: '', kind: '', metadata: { name: '' } };
  const { behavior: written, ...others } = spec as { readonly behavior: object };
  const misplaced: KubernetesObject = { ...rest, spec: others, behavior: written };

  test('is refused where fields are validated strictly', async () => {
    const { status, body } = await applyStrictly(api, misplaced, { dryRun: true });
    expect(status).toBeGreaterThanOrEqual(400);
    expect((body as { message: string }).message).toMatch(/behavior.*not declared|unknown field.*behavior/);
  });

  test('is dropped without a word where they are not, and pods go as fast as Kubernetes likes', async () => {
    const metadata = { name: 'misplaced', namespace: service.namespace };
    const path = `/apis/autoscaling/v2/namespaces/${service.namespace}/horizontalpodautoscalers`;
    const { status, warnings, body } = await api.ask(`${path}?dryRun=All&fieldValidation=Ignore`, {
      method: 'POST',
      body: { ...misplaced, metadata },
    });
    expect(status).toBe(201);
    expect(warnings).toEqual([]);
    const { behavior: stored } = (body as { spec: { behavior?: { scaleDown?: object } } }).spec;
    expect(stored?.scaleDown).not.toEqual(behavior.scaleDown);
  });
});
