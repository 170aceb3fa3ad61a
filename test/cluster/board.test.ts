/**
 * The board and its collector as pods, rendered as they are delivered: a run of the collector reads a cluster full of
 * pods, and its snapshots are read by Traefik, as browsers read them. RECORD=1 keeps the snapshots for the browser's tests.
 */
import { cpSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { applications } from '../../apps/testing/desired-state.ts';
import { generateSecrets } from '../../cli/secrets.ts';
import { images } from '../../environments/images.ts';
import { ingressAddress } from '../../packages/testbed/addons/traefik.ts';
import type { Cluster, KubernetesObject } from '../../packages/testbed/cluster.ts';
import { pathsOf } from '../../packages/testbed/from-source/cluster-paths.ts';
import { ensureRabbitmqImage } from '../../packages/testbed/images/build.ts';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { until } from '../../packages/testbed/lib/until.ts';
import { installAddon } from './addons.ts';
import { sharedCluster } from './shared.ts';
import { objectsOf, provideService, testEnvironment } from './system.ts';

const NAMESPACE = 'board';
const HOST = testEnvironment.web.hosts.board;
const recorded = join(import.meta.dirname, '..', 'board', 'fixtures', 'snapshots');

let cluster: Cluster;
let entrance: string;
const kubectl = async (...args: string[]) =>
  (await cluster.kubectl(['-n', NAMESPACE, ...args], { seconds: 320 })).stdout;

interface Templated {
  readonly template: { readonly spec: Readonly<Record<string, unknown>> };
}

/** What is not the board's runs on simulated nodes: it is read, and nothing asks it. */
function placed(object: KubernetesObject): KubernetesObject {
  if (object.metadata.namespace === NAMESPACE || object.kind !== 'Deployment') return object;
  const { template, ...spec } = object.spec as Templated;
  const onSimulated = {
    nodeSelector: { type: 'kwok' },
    tolerations: [{ key: 'kwok.x-k8s.io/node', operator: 'Exists' }],
  };
  return {
    ...object,
    spec: { ...spec, template: { ...template, spec: { ...template.spec, ...onSimulated } } },
  };
}

/** The clock of each CronJob is stopped, and what Prometheus Operator reads is left out: it is not there. */
const wanted = (): KubernetesObject[] =>
  objectsOf(testEnvironment)
    .filter(({ apiVersion }) => !apiVersion.includes('monitoring.coreos.com'))
    .map((object) =>
      object.kind === 'CronJob'
        ? { ...object, spec: { ...(object.spec as object), suspend: true } }
        : placed(object),
    );

beforeAll(async () => {
  cluster = await sharedCluster({ provider: 'from-source', kwokNodes: 3 });
  for (const service of ['board', 'collector'] as const) await provideService(cluster, service);
  await cluster.image(await ensureRabbitmqImage(images.rabbitmq));
  await installAddon(cluster, 'traefik');
  entrance = await ingressAddress(cluster);
  const objects = wanted();
  await cluster.apply(objects.filter(({ kind }) => kind === 'Namespace'));
  await cluster.apply(generateSecrets(testEnvironment, applications).map((secret) => ({ ...secret })));
  await cluster.apply(objects);
  await kubectl('rollout', 'status', 'deployment/board', `--timeout=${patient(150)}s`);
});

/** One run of the collector, as its CronJob makes it. */
async function collect(run: string): Promise<void> {
  await kubectl('create', 'job', run, '--from=cronjob/collector');
  await kubectl('wait', `job/${run}`, '--for=condition=Complete', `--timeout=${patient(120)}s`);
}

/** The volume is a folder of the node. @returns its snapshots, the newest last */
const snapshots = (): string[] =>
  globSync(join(pathsOf(cluster.name).state, 'volumes', '*', '*.json.gz')).sort((a, b) =>
    basename(a) < basename(b) ? -1 : 1,
  );

async function get(path: string, host = HOST): Promise<{ readonly status: string; readonly body: string }> {
  const curl = ['curl', '-s', '-m', '10', '-w', '\n%{http_code}', '-H', `Host: ${host}`];
  const { stdout } = await cluster.exec([...curl, `http://${entrance}${path}`]);
  const end = stdout.lastIndexOf('\n');
  return { status: stdout.slice(end + 1), body: stdout.slice(0, end) };
}

describe('a run of the collector', () => {
  test('writes a whole snapshot with the rights that its ClusterRole gives', async () => {
    await collect('first');
    const [file = ''] = snapshots();
    const { missing, nodes, workloads, pods } = JSON.parse(gunzipSync(readFileSync(file)).toString());
    // There is no Argo CD, Argo Rollouts and metrics-server here; nothing is forbidden, and no list has failed.
    const absent = ['nodemetrics', 'applications', 'rollouts'].map((resource) => ({
      resource,
      cause: 'absent',
    }));
    expect(missing).toMatchObject(absent);
    expect(nodes).toHaveLength(4);
    expect(workloads.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(['board', 'consumer', 'scaler', 'traefik', 'broker', 'collector']),
    );
    expect(pods.length).toBeGreaterThan(5);
  });

  test('holds no value of a Secret and none of a variable', () => {
    const text = snapshots()
      .map((file) => gunzipSync(readFileSync(file)).toString())
      .join();
    const secrets = generateSecrets(testEnvironment, applications).flatMap(({ stringData = {} }) =>
      Object.values(stringData),
    );
    expect(secrets.length).toBeGreaterThan(3);
    expect(secrets.filter((value) => value.length > 5 && text.includes(value))).toEqual([]);
    expect(text).not.toContain('/metrics');
  });
});

describe('the page of the board', () => {
  test('shows the snapshot by way of the ingress controller, and not its own metrics', async () => {
    const { body } = await until('the snapshot on the page', 90, async () => {
      const page = await get('/cluster-info');
      return page.body.includes('node-1') && page;
    });
    for (const name of ['consumer', 'scaler', 'broker', 'traefik']) expect(body).toContain(`>${name}<`);
    for (const path of ['/metrics', '/readyz']) expect((await get(path)).status).toBe('404');
  });

  test('shows what differs between two snapshots', async () => {
    await cluster.kubectl(['-n', 'consumer', 'scale', 'deployment/consumer', '--replicas=5']);
    await cluster.kubectl(['-n', 'exporter', 'delete', 'deployment/exporter']);
    await cluster.kubectl(['-n', 'consumer', 'rollout', 'status', 'deployment/consumer', '--timeout=120s'], {
      seconds: 130,
    });
    await collect('second');
    const [first = '', second = ''] = snapshots();
    const from = Date.parse(basename(first).replace(/T(\d\d)(\d\d)(\d\d)Z.*/, 'T$1:$2:$3Z'));
    const page = await until('the difference', 90, async () => {
      const { body } = await get(`/cluster-info?from=${from}`);
      const [, difference = ''] = body.split('data-region="difference"');
      const [region = ''] = difference.split('data-region=');
      return region.includes('>exporter<') && region;
    });
    expect(page).toContain('consumer');
    expect(second).not.toBe('');
    if (process.env.RECORD !== undefined) record();
  });

  test('lies below a prefix that other pages share: what it links and loads is below it too', async () => {
    await kubectl('set', 'env', 'deployment/board', 'PATH_PREFIX=/sluice', 'HOSTS=shared.test');
    await cluster.apply([shared]);
    await kubectl('rollout', 'status', 'deployment/board', `--timeout=${patient(150)}s`);
    const { body } = await until('the page below the prefix', 90, async () => {
      const page = await get('/sluice/cluster-info', 'shared.test');
      return page.status === '200' && page.body.includes('node-1') && page;
    });
    const links = [...body.matchAll(/(?:href|src|action|data-live)="([^"]+)"/g)].map(([, link = '']) => link);
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter((link) => !/^(?:\/sluice(?:\/|\?|$)|#|https:)/.test(link))).toEqual([]);
    const script = links.find((link) => link.endsWith('/board.js')) ?? '';
    // The pod before this one ends while it still answers, and refuses the host.
    await until(
      'the script below the prefix',
      90,
      async () => (await get(script, 'shared.test')).status === '200',
    );
    expect((await get('/cluster-info', 'shared.test')).status).toBe('404');
  });
});

/** One host with several paths, of which the board has one. */
const shared: KubernetesObject = {
  ...{ apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' },
  metadata: { name: 'shared', namespace: NAMESPACE },
  spec: {
    ingressClassName: 'traefik',
    rules: [
      {
        host: 'shared.test',
        http: {
          paths: [
            {
              ...{ path: '/sluice', pathType: 'Prefix' },
              backend: { service: { name: 'board', port: { name: 'http' } } },
            },
          ],
        },
      },
    ],
  },
};

function record(): void {
  rmSync(recorded, { recursive: true, force: true });
  mkdirSync(recorded, { recursive: true });
  for (const file of snapshots()) cpSync(file, join(recorded, basename(file)));
}
