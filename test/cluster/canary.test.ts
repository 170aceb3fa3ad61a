/** Releases of the web service, by the real Argo Rollouts on real requests: a good one stays, a bad one goes. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MONITORING } from '../../apps/platform/identities.ts';
import { local } from '../../apps/testing/environments.ts';
import { release } from '../../apps/testing/workloads.ts';
import { ingressAddress } from '../../packages/testbed/addons/traefik.ts';
import type { Cluster } from '../../packages/testbed/cluster.ts';
import { until } from '../../packages/testbed/lib/until.ts';
import { installAddon } from './addons.ts';
import { type Api, openApi } from './api.ts';
import { type Answered, lookWhile, type Sight, sendRequests } from './load.ts';
import { GOOD, Releases, serviceIn } from './releases.ts';
import { sharedCluster } from './shared.ts';
import { provideService, testEnvironment } from './system.ts';

const environment = { ...testEnvironment, web: local.web };
const { weights } = release;

const committed = serviceIn(environment);

/** As the chart has the controller scraped. */
const watched = {
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'ServiceMonitor',
  metadata: { name: 'argo-rollouts', namespace: 'argo-rollouts' },
  spec: {
    selector: { matchLabels: { 'app.kubernetes.io/name': 'argo-rollouts' } },
    endpoints: [{ port: 'metrics' }],
  },
};

let cluster: Cluster;
let api: Api;
let releases: Releases;
let ingress: string;

beforeAll(async () => {
  cluster = await sharedCluster();
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
  await cluster.apply([...committed, watched]);
  releases = new Releases(cluster, api, committed);
  ingress = await ingressAddress(cluster);
});

afterAll(() => api?.close());

/** The share of the requests, in percent, that the router gives the new version. */
const weight = async (): Promise<number> => (await releases.shares())[1] ?? Number.NaN;

/** Loaded before the service: it looks like a fault of the service itself. */
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

interface Answer {
  readonly data: {
    readonly result: readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value: readonly [number, string];
    }[];
  };
}

async function query(promql: string): Promise<Answer['data']['result']> {
  const prometheus = `/api/v1/namespaces/${MONITORING}/services/kube-prometheus-stack-prometheus:http-web/proxy`;
  const { status, body } = await api.ask(`${prometheus}/api/v1/query?query=${encodeURIComponent(promql)}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return (body as Answer).data.result;
}

/** Resolves when an alert's expression holds; it fires once it has held for long enough. */
const pending = (alert: string) =>
  until(alert, 60, async () => (await query(`ALERTS{alertname="${alert}"}`)).length === 1);

/** The share of the requests, in percent, that the pods of a version answered of late, as Prometheus counted them. */
async function answeredBy(hash: string): Promise<number> {
  const version = 'rollouts_pod_template_hash';
  const rates = (await query(`sum by (${version}) (rate(http_requests_total{service="api"}[45s]))`)).map(
    ({ metric, value }) => ({
      ...{ hash: metric[version], perSecond: Number(value[1]) },
    }),
  );
  const total = rates.reduce((sum, { perSecond }) => sum + perSecond, 0);
  return (100 * (rates.find((one) => one.hash === hash)?.perSecond ?? 0)) / total;
}

interface Seen {
  /** Percent that the new version answered. */
  readonly answered: number;
  readonly weight: number;
  readonly phase: string;
  readonly hash: string;
  readonly stable: string;
}

const PER_SECOND = 24;

const ask = (seconds: number): Promise<Answered> =>
  sendRequests(cluster, {
    ...{ address: ingress, host: environment.web.hosts.api, path: '/api/orders?customer=4711' },
    ...{ perSecond: PER_SECOND, seconds },
  });

async function look(): Promise<Seen> {
  const [share, status] = await Promise.all([weight(), releases.status()]);
  return {
    answered: await answeredBy(status.currentPodHash ?? ''),
    weight: share,
    phase: status.phase ?? '',
    hash: status.currentPodHash ?? '',
    stable: status.stableRS ?? '',
  };
}

/** Commits when requests begin to flow. */
async function releaseUnderLoad(extra: Readonly<Record<string, string>>, seconds: number) {
  const [{ answered, sights }] = await Promise.all([lookWhile(ask(seconds), look), releases.commit(extra)]);
  process.stderr.write(
    `${story(sights)}\n  ${answered['2xx']} answers, ${answered.non2xx} of them no success\n`,
  );
  return { answered, sights };
}

/** The last sight of each share that was given. */
const spans = (sights: readonly Sight<Seen>[]): readonly Sight<Seen>[] =>
  sights.filter((one, at) => one.weight !== sights[at + 1]?.weight);

const story = (sights: readonly Sight<Seen>[]): string =>
  spans(sights)
    .map(({ seconds, weight: share, answered, phase }) =>
      [
        `  until ${seconds.toFixed(0).padStart(3)} s`,
        `${share} % given`,
        `${answered.toFixed(0)} % answered`,
        phase,
      ].join('  '),
    )
    .join('\n');

describe('a release of the web service', () => {
  test('begins with all requests at the stable version', async () => {
    await releases.healthy(120);
    expect(await weight()).toBe(0);
    await until('the route', 30, async () => (await ask(1))['2xx'] > 0);
    const few = await ask(5);
    expect(few).toMatchObject({ non2xx: 0, errors: 0, timeouts: 0 });
    expect(few['2xx']).toBeGreaterThan(5 * PER_SECOND * 0.8);
  });

  test('that is good gets a fifth of the requests, half of them, then all; none fails', async () => {
    const before = await releases.status();
    const { answered, sights } = await releaseUnderLoad(GOOD, 300);
    // 24 / 10 a replica: the HPA scales the Rollout meanwhile.
    expect(await releases.replicas()).toBe(3);
    // All of them for the moment in which the new version becomes the stable one.
    const shares = new Set(sights.map((sight) => sight.weight).filter((share) => share < 100));
    expect([...shares].sort((a, b) => a - b)).toEqual([0, ...weights]);
    for (const share of weights)
      expect(
        Math.abs((spans(sights).find((one) => one.weight === share)?.answered ?? 0) - share),
      ).toBeLessThan(5);
    await releases.healthy(60);
    const after = await releases.status();
    expect(after.stableRS).not.toBe(before.stableRS);
    expect(await weight()).toBe(0);
    expect(await releases.verdicts(after.stableRS)).toEqual(weights.map(() => 'Successful'));
    expect(answered).toMatchObject({ non2xx: 0, errors: 0, timeouts: 0 });
  });

  test('that answers with errors goes back at its first share, and few people saw it', async () => {
    const { stableRS } = await releases.status();
    const { answered, sights } = await releaseUnderLoad(failing, 150);
    const last = sights.at(-1);
    expect(last).toMatchObject({ phase: 'Degraded', weight: 0, stable: stableRS });
    expect(Math.max(...sights.map((sight) => sight.weight))).toBe(weights[0]);
    expect(await releases.verdicts(last?.hash)).toEqual([
      expect.stringMatching(/^Failed .*success-ratio: Failed/),
    ]);
    // A fifth of the answers of a fifth of the requests, for the time of one share.
    expect(answered.non2xx).toBeGreaterThan(0);
    expect(answered.non2xx / (answered['2xx'] + answered.non2xx)).toBeLessThan(0.2 * 0.2);
    expect(answered).toMatchObject({ errors: 0, timeouts: 0 });
    await pending('ReleaseFailed');
  });

  test('that was taken back in git is healthy at once, without another look at it', async () => {
    const { stableRS } = await releases.status();
    await releases.commit(GOOD);
    await releases.healthy(30);
    expect((await releases.status()).stableRS).toBe(stableRS);
  });

  test('that is slow goes back for its p99', async () => {
    const { sights, answered } = await releaseUnderLoad(slow, 150);
    const last = sights.at(-1);
    expect(last).toMatchObject({ phase: 'Degraded', weight: 0 });
    expect(await releases.verdicts(last?.hash)).toEqual([
      expect.stringMatching(/^Failed .*p99-seconds: Failed/),
    ]);
    expect(answered).toMatchObject({ non2xx: 0, errors: 0, timeouts: 0 });
  });

  test('without requests neither goes on nor back: it waits for a person', async () => {
    await releases.commit(GOOD);
    await releases.healthy(30);
    const { stableRS } = await releases.status();
    await releases.commit({ RELEASE: '3' });
    const waits = async () => (await releases.status()).message === 'InconclusiveAnalysisRun';
    await until('the pause', 150, waits);
    expect(await weight()).toBe(weights[0]);
    const { stableRS: still, currentPodHash } = await releases.status();
    expect(still).toBe(stableRS);
    expect(await releases.verdicts(currentPodHash)).toEqual([
      expect.stringMatching(/^Inconclusive .*success-ratio: Inconclusive/),
    ]);
    await pending('ReleaseWaits');
  });

  test('that a person promotes is stable at once', async () => {
    const { currentPodHash } = await releases.status();
    await releases.promote();
    await releases.healthy(60);
    expect((await releases.status()).stableRS).toBe(currentPodHash);
  });

  test('that was stable before takes over without the steps, and is not judged again', async () => {
    await releases.commit(GOOD);
    // The steps alone would take two windows.
    await releases.healthy(60);
    const { stableRS } = await releases.status();
    expect(await releases.verdicts(stableRS)).toEqual(weights.map(() => 'Successful'));
  });
});
