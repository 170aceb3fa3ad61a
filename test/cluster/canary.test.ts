/** Releases of the web service, by the real Argo Rollouts on real requests: a good one stays, a bad one goes. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { local } from '../../apps/environments.ts';
import { api as service } from '../../apps/project.ts';
import { release } from '../../apps/releases.ts';
import { POD_HASH_LABEL } from '../../charts/canary.ts';
import { installAddon } from '../bed/addons/optional.ts';
import { ingressAddress } from '../bed/addons/traefik.ts';
import type { Cluster, KubernetesObject } from '../bed/cluster.ts';
import { until } from '../bed/lib/until.ts';
import { closeCluster, openCluster } from '../bed/provide.ts';
import { type Api, openApi } from './api.ts';
import { type Answered, sendRequests } from './load.ts';
import { bedEnvironment, objectsOf, provideService } from './system.ts';

const name = 'canary';

const environment = { ...bedEnvironment, web: local.web };
const { namespace } = service;
const { bounds, weights } = release;

const wanted = objectsOf(environment).filter(
  ({ kind, metadata }) =>
    kind === 'PriorityClass' ||
    metadata.namespace === namespace ||
    (kind === 'Namespace' && metadata.name === namespace),
);

let cluster: Cluster;
let api: Api;
let ingress: string;

beforeAll(async () => {
  await closeCluster(name);
  cluster = await openCluster({ name });
  api = await openApi(cluster.kubeconfig);
  await provideService(cluster, 'api');
  for (const addon of [
    'metrics-server',
    'traefik',
    'prometheus',
    'prometheus-adapter',
    'argo-rollouts',
  ] as const)
    await installAddon(cluster, addon);
  await cluster.apply(wanted);
  ingress = await ingressAddress(cluster);
});

afterAll(async () => {
  api?.close();
  await closeCluster(name);
});

interface Rollout extends KubernetesObject {
  readonly spec: { readonly replicas: number };
  readonly status?: {
    readonly phase?: string;
    readonly message?: string;
    readonly stableRS?: string;
    readonly currentPodHash?: string;
    readonly currentStepIndex?: number;
    readonly availableReplicas?: number;
    readonly observedGeneration?: string;
  };
}

async function read<T>(group: string, resource: string, of = service.name): Promise<T> {
  const { status, body } = await api.ask(`/apis/${group}/namespaces/${namespace}/${resource}/${of}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body as T;
}

const rollout = () => read<Rollout>('argoproj.io/v1alpha1', 'rollouts');

interface Split {
  readonly spec: { readonly weighted: { readonly services: readonly { readonly weight: number }[] } };
}

/** The share of the requests, in percent, that the router gives the new version. */
const weight = async (): Promise<number> =>
  (await read<Split>('traefik.io/v1alpha1', 'traefikservices')).spec.weighted.services[1]?.weight ??
  Number.NaN;

interface AnalysisRun extends KubernetesObject {
  readonly metadata: KubernetesObject['metadata'] & { readonly creationTimestamp: string };
  readonly status?: {
    readonly phase: string;
    readonly message?: string;
    readonly metricResults?: readonly { readonly name: string; readonly phase: string }[];
  };
}

/** The runs that judged the pods of one version, in the order of their steps. */
async function verdicts(hash: string): Promise<string[]> {
  const selector = `labelSelector=${encodeURIComponent(`${POD_HASH_LABEL}=${hash}`)}`;
  const { body } = await api.ask(
    `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/analysisruns?${selector}`,
  );
  return (body as { items: AnalysisRun[] }).items
    .toSorted((a, b) => a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp))
    .map(({ status }) => {
      const failed = status?.metricResults?.filter((one) => one.phase !== 'Successful') ?? [];
      return [status?.phase, ...failed.map((one) => `${one.name}: ${one.phase}`)].join(' ');
    });
}

/** Applies the Rollout as Argo CD would after a commit, with another environment of its container. */
async function commit(extra: Readonly<Record<string, string>>): Promise<void> {
  const committed = wanted.map((object) => {
    if (object.kind !== 'Rollout') return object;
    const changed = structuredClone(object) as KubernetesObject & {
      spec: { template: { spec: { containers: { env: { name: string; value: string }[] }[] } } };
    };
    const env = changed.spec.template.spec.containers[0]?.env;
    env?.push(...Object.entries(extra).map(([key, value]) => ({ name: key, value })));
    return changed;
  });
  await cluster.apply(committed.filter(({ kind }) => kind === 'Rollout'));
}

/** Loaded before the service: it cannot be told from a fault of its own. */
const faulty = (code: string) => ({
  NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(code)}`,
});

const onAnswers = (what: string): string =>
  `import http from 'node:http';const p=http.ServerResponse.prototype;let n=0;${what}`;

/** Every fifth answer below /api/ is a 500. */
const failing = faulty(
  onAnswers(
    "const w=p.writeHead;p.writeHead=function(s,...r){if(this.req.url.startsWith('/api/')&&++n%5===0){this.statusCode=500;s=500}return w.call(this,s,...r)}",
  ),
);

/** Every tenth answer below /api/ takes a second. */
const slow = faulty(
  onAnswers(
    "const e=p.end;p.end=function(...r){if(this.req.url.startsWith('/api/')&&++n%10===0){setTimeout(()=>e.apply(this,r),1000);return this}return e.apply(this,r)}",
  ),
);

interface Sight {
  readonly seconds: number;
  readonly weight: number;
  readonly phase: string;
  readonly hash: string;
  readonly stable: string;
}

const PER_SECOND = 24;

/** Sends requests, commits when they flow, and looks twice a second until the last is answered. */
async function releaseUnderLoad(
  extra: Readonly<Record<string, string>>,
  seconds: number,
): Promise<{ readonly answered: Answered; readonly sights: readonly Sight[] }> {
  const began = Date.now();
  const sights: Sight[] = [];
  let sending = true;
  const answering = sendRequests(cluster, {
    ...{ address: ingress, host: environment.web.hosts.api, path: '/api/orders?customer=4711' },
    ...{ perSecond: PER_SECOND, seconds },
  }).finally(() => {
    sending = false;
  });
  await commit(extra);
  while (sending) {
    const [share, { status = {} }] = await Promise.all([weight(), rollout()]);
    sights.push({
      seconds: (Date.now() - began) / 1000,
      weight: share,
      phase: status.phase ?? '',
      hash: status.currentPodHash ?? '',
      stable: status.stableRS ?? '',
    });
    await Promise.race([pause(500), answering.catch(() => {})]);
  }
  const answered = await answering;
  process.stderr.write(
    `${story(sights)}\n  ${answered['2xx']} answers, ${answered.non2xx} of them no success\n`,
  );
  return { answered, sights };
}

const story = (sights: readonly Sight[]): string =>
  sights
    .filter((one, at) => one.weight !== sights[at - 1]?.weight || one.phase !== sights[at - 1]?.phase)
    .map(({ seconds, weight: share, phase }) => `  ${seconds.toFixed(0).padStart(3)} s  ${share} %  ${phase}`)
    .join('\n');

const phase = async (): Promise<string | undefined> => (await rollout()).status?.phase;
const untilHealthy = (seconds: number) =>
  until('the Rollout', seconds, async () => (await phase()) === 'Healthy').catch(async (cause: unknown) => {
    throw new Error(JSON.stringify((await rollout()).status, undefined, 1), { cause });
  });

describe('a release of the web service', () => {
  test('begins with all requests at the stable version', async () => {
    await untilHealthy(120);
    expect(await weight()).toBe(0);
    const few = await sendRequests(cluster, {
      ...{
        address: ingress,
        host: environment.web.hosts.api,
        path: '/api/orders',
        perSecond: 10,
        seconds: 5,
      },
    });
    expect(few).toMatchObject({ non2xx: 0, errors: 0, timeouts: 0 });
    expect(few['2xx']).toBeGreaterThan(40);
  });

  test('that is good gets a fifth of the requests, half of them, then all; none fails', {
    timeout: 400_000,
  }, async () => {
    const before = await rollout();
    const { answered, sights } = await releaseUnderLoad({ RELEASE: '2' }, 300);
    expect([...new Set(sights.map((sight) => sight.weight))].sort((a, b) => a - b)).toEqual([
      0,
      ...weights,
      100,
    ]);
    await untilHealthy(60);
    const after = await rollout();
    expect(after.status?.stableRS).not.toBe(before.status?.stableRS);
    expect(await weight()).toBe(0);
    expect(await verdicts(after.status?.stableRS ?? '')).toEqual(weights.map(() => 'Successful'));
    expect(answered).toMatchObject({ non2xx: 0, errors: 0, timeouts: 0 });
    expect(bounds.windowSeconds).toBeGreaterThan(0);
  });
});
void failing;
void slow;
