/** What looks at the system: Prometheus through its ServiceMonitors, resource metrics, and pages through the ingress. */

import { beforeAll, describe, expect, test } from 'vitest';
import { withOverrides } from '../../apps/testing/workloads.ts';
import { ingressAddress } from '../../packages/testbed/addons/traefik.ts';
import type { Cluster } from '../../packages/testbed/cluster.ts';
import { until } from '../../packages/testbed/lib/until.ts';
import { installAddon } from './addons.ts';
import { expectDrained, type Watching, watching } from './observe.ts';
import { sharedCluster } from './shared.ts';
import { deploySystem, objectsOf, provideImages, testEnvironment } from './system.ts';

/** Work that outlasts a scrape interval of 15 s. */
const JOBS = 100;
const environment = withOverrides(testEnvironment, {
  ...{ publisher: { jobsPerRun: JOBS }, consumer: { workSeconds: 10 } },
});

let cluster: Cluster;
let seen: Watching;
let ingress: string;

beforeAll(async () => {
  cluster = await sharedCluster();
  for (const addon of ['prometheus', 'metrics-server', 'traefik'] as const)
    await installAddon(cluster, addon);
  await provideImages(cluster);
  await deploySystem(cluster, environment);
  seen = watching(cluster);
  ingress = await ingressAddress(cluster);
});

interface Page {
  readonly status: number;
  readonly body: string;
}

/** What a browser would get for a host. */
async function page(host: string, path = '/'): Promise<Page> {
  const get = [
    'curl',
    '-s',
    '-m',
    '5',
    '-w',
    '\n%{http_code}',
    '-H',
    `Host: ${host}`,
    `http://${ingress}${path}`,
  ];
  const lines = (await cluster.exec(get)).stdout.split('\n');
  return { status: Number(lines.at(-1)), body: lines.slice(0, -1).join('\n') };
}

/** Asks Prometheus' HTTP API, through its own page. @see https://prometheus.io/docs/prometheus/latest/querying/api/ */
async function ask<T>(path: string): Promise<T> {
  const { body } = await page(environment.web.hosts.prometheus, `/api/v1/${path}`);
  const answer = JSON.parse(body) as { status: string; data: T; error?: string };
  if (answer.status !== 'success') throw new Error(`'${path}': ${answer.error}`);
  return answer.data;
}

interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

const query = async (promql: string): Promise<readonly Sample[]> =>
  (await ask<{ result: readonly Sample[] }>(`query?query=${encodeURIComponent(promql)}`)).result;

interface Target {
  readonly scrapePool: string;
  readonly health: string;
  readonly lastError: string;
}

const targets = async (): Promise<readonly Target[]> =>
  (await ask<{ activeTargets: readonly Target[] }>('targets?state=active')).activeTargets;

/** `serviceMonitor/NAMESPACE/NAME/ENDPOINT`, as the operator calls what it made of them. */
const pools = (): string[] =>
  objectsOf(environment)
    .filter(({ kind }) => kind === 'ServiceMonitor')
    .flatMap(({ metadata, spec }) =>
      (spec as { endpoints: unknown[] }).endpoints.map(
        (_, index) => `serviceMonitor/${metadata.namespace}/${metadata.name}/${index}`,
      ),
    )
    .sort();

const healthyPools = async (): Promise<string[]> => {
  const all = await targets();
  const sick = new Set(all.filter(({ health }) => health !== 'up').map(({ scrapePool }) => scrapePool));
  return [...new Set(all.map(({ scrapePool }) => scrapePool))].filter((pool) => !sick.has(pool)).sort();
};

interface RuleGroup {
  readonly rules: readonly { readonly name: string; readonly health: string; readonly state: string }[];
}

const rules = async () =>
  (await ask<{ groups: readonly RuleGroup[] }>('rules')).groups.flatMap((one) => one.rules);

describe('the pages of the system', () => {
  test("the broker's and Prometheus' Ingress answer through Traefik by their host, and no other host does", async () => {
    const { hosts } = environment.web;
    await until('the pages', 60, async () => (await page(hosts.broker)).status === 200);
    expect((await page(hosts.broker)).body).toContain('RabbitMQ Management');
    expect((await page(hosts.prometheus, '/-/ready')).status).toBe(200);
    expect((await page('other.sluice.localhost')).status).toBe(404);
  });
});

describe('Prometheus', () => {
  test('scrapes every page that a ServiceMonitor names, once the consumer has pods', async () => {
    const standing = pools().filter((pool) => !pool.includes('/consumer/'));
    await until('what stands', 120, async () => (await healthyPools()).length === standing.length);
    const consumer = await seen.record();
    await seen.publish('observed-1');
    await until('25 ready pods', 90, () => consumer.mostReady === 25);
    await until('every page scraped', 60, async () => (await healthyPools()).length === pools().length).catch(
      async (error: unknown) => {
        throw new Error(JSON.stringify(await targets(), null, 1), { cause: error });
      },
    );
    expect(await healthyPools()).toEqual(pools());
    const consumers = await query('count(up{namespace="consumer"} == 1)');
    expect(Number(consumers[0]?.value[1])).toBe(25);
  });

  test('knows how many jobs were processed', async () => {
    const processed = 'sum(max_over_time(jobs_processed_total{outcome="succeeded"}[10m]))';
    const count = await until('a processed job', 60, async () => {
      const [sum] = await query(processed);
      return sum && Number(sum.value[1]);
    });
    expect(count).toBeGreaterThan(0);
    expect(count).toBeLessThanOrEqual(JOBS);
  });

  test('holds every rule of the environment, evaluates it without error, and no alert fires but the one that always does', async () => {
    const wanted = objectsOf(environment)
      .filter(({ kind }) => kind === 'PrometheusRule')
      .flatMap(({ spec }) => (spec as { groups: { rules: { alert?: string; record?: string }[] }[] }).groups)
      .flatMap((group) => group.rules.map(({ alert, record }) => alert ?? record));
    await until('every rule evaluated', 60, async () => {
      const all = await rules();
      return all.length === wanted.length && all.every(({ health }) => health === 'ok');
    });
    const all = await rules();
    expect(all.map((rule) => rule.name).sort()).toEqual(wanted.sort());
    const firing = all.filter(({ state }) => state === 'firing');
    expect(firing.map(({ name }) => name)).toEqual(['Watchdog']);
  });
});

describe('resource metrics', () => {
  test('metrics-server reports what the pods of every service use', async () => {
    await until('a reading', 60, async () => (await seen.kubectl('top', 'pods', '-n', 'scaler')) !== '');
    expect(await seen.kubectl('top', 'pods', '-n', 'scaler', '--no-headers')).toMatch(
      /^scaler-\S+\s+\d+m\s+\d+Mi/,
    );
    expect(await seen.kubectl('top', 'pods', '-n', 'broker', '--no-headers')).toMatch(
      /^broker-0\s+\d+m\s+\d+Mi/,
    );
  });
});

describe('a blackout of all metrics', () => {
  test('in mid-drain scales nothing down early: the scaler asks the broker itself', async () => {
    const consumer = await seen.record();
    await consumer.reaches(0, 120);
    await seen.publish('observed-2');
    await consumer.reaches(25, 60);
    await seen.kubectl('-n', 'monitoring', 'delete', 'prometheus', 'prometheus');
    await seen.kubectl('-n', 'kube-system', 'delete', 'deployment', 'metrics-server');
    await consumer.reaches(0, 120);
    expect(consumer.wanted.slice(consumer.wanted.indexOf(0))).toEqual([0, 25, 0]);
    await expectDrained(seen, 'jobs');
  });
});
