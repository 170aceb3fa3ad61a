/** Delivery, with the real Argo CD: what is committed runs, and no bad commit takes anything away. */

import { hash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withOverrides } from '../../apps/testing/workloads.ts';
import type { Environment } from '../../environments/environment.ts';
import type { Cluster, KubernetesObject } from '../../packages/testbed/cluster.ts';
import { fromSourceProvider } from '../../packages/testbed/from-source/provider.ts';
import { run } from '../../packages/testbed/lib/run.ts';
import { until } from '../../packages/testbed/lib/until.ts';
import { latch } from '../../policy/index.ts';
import { type Applications, summary } from './applications.ts';
import { applyRoot, type Delivery, prepareDelivery } from './delivered.ts';
import type { Desired } from './desired.ts';
import { type Watching, watching } from './observe.ts';

const name = 'delivery';
const unavailable = await fromSourceProvider.unavailable();
if (unavailable !== undefined) process.stderr.write(`skipped: a cluster from source ${unavailable}\n`);
process.stderr.write(
  'left out: addons from Helm charts, for no chart repository can be reached from the test cluster\n',
);

let cluster: Cluster;
let delivery: Delivery;
let desired: Desired;
let argo: Applications;
let seen: Watching;
let environment: Environment;

const parents = ['infra-workloads', 'workloads'];
const children = [
  'api',
  'board',
  'broker',
  'cluster',
  'collector',
  'consumer',
  'exporter',
  'publisher',
  'scaler',
];
const everyone = ['root', ...parents, ...children];

/** Every object that the first commit asked for. */
let first: string;

const seconds = (since: number): string => ((performance.now() - since) / 1000).toFixed(1);

/** KIND/NAMESPACE/NAME -> uid, of what is there of the first commit. */
async function identities(): Promise<Record<string, string>> {
  const get = ['get', '--filename', first, '--recursive', '--ignore-not-found', '-o', 'json'];
  const { items } = JSON.parse((await cluster.kubectl(get)).stdout) as { items: KubernetesObject[] };
  return Object.fromEntries(
    items.map(({ kind, metadata }) => [
      `${kind}/${metadata.namespace ?? ''}/${metadata.name}`,
      String(metadata.uid),
    ]),
  );
}

describe.skipIf(unavailable !== undefined)('delivery', () => {
  beforeAll(async () => {
    await fromSourceProvider.down(name);
    cluster = await fromSourceProvider.up({ name });
    seen = watching(cluster);
    // Jobs of 20 s: all consumers are at work until every child is synced, also on a busy machine.
    delivery = await prepareDelivery(cluster, (same) =>
      withOverrides(same, { consumer: { workSeconds: 20 } }),
    );
    ({ desired, argo, environment } = delivery);
    first = join(desired.folder, '..', 'first');
    await run(['cp', '--recursive', join(desired.folder, 'dist'), first]);
  });

  afterAll(async () => {
    await fromSourceProvider.down(name);
  });

  test('from the root alone every parent and every child becomes Synced and Healthy', async () => {
    const began = performance.now();
    expect(await applyRoot(delivery)).toBe(everyone.length);
    await argo.settled(170, everyone.length);
    process.stderr.write(`from the root to everything Synced and Healthy: ${seconds(began)} s\n`);
    const names = (await argo.all()).map(({ metadata }) => metadata.name);
    expect(names.sort()).toEqual([...everyone].sort());
    expect(Object.keys(await identities()).length).toBeGreaterThan(50);
  });

  test('a commit to the desired state is live within seconds', async () => {
    const policy = latch({ replicas: 20, startWhen: { readyAtLeast: 100 } });
    desired.render(withOverrides(environment, { consumer: { policy } }));
    const began = performance.now();
    const revision = await desired.commit('Want 20 consumers at most');
    await argo.refresh('scaler');
    const settings = ['-n', 'scaler', 'get', 'configmap', 'scaler', '-o', 'jsonpath={.data}'];
    await until('the new policy', 30, async () =>
      (await seen.kubectl(...settings)).includes('\\"maxReplicas\\": 20'),
    );
    process.stderr.write(`from the commit to the changed object: ${seconds(began)} s\n`);
    await until(
      'the revision',
      30,
      async () => (await argo.one('scaler')).status?.sync?.revision === revision,
    );
    await desired.revert();
    await argo.refresh(...everyone);
    await argo.settled(60, everyone.length);
  });

  test('a second sync changes nothing, also while the scaler is at work', async () => {
    const consumer = await seen.record();
    await consumer.reaches(0, 60);
    await seen.publish('delivery-1');
    await consumer.reaches(25, 60);
    const before = await fingerprints();
    for (const child of children) expect(await argo.sync(child)).toMatch(/^Succeeded/);
    expect(consumer.wanted.at(-1)).toBe(25);
    expect((await argo.one('consumer')).status?.sync?.status).toBe('Synced');
    expect(await fingerprints()).toEqual(before);
    await consumer.reaches(0, 180);
    expect(consumer.wanted.slice(consumer.wanted.indexOf(0))).toEqual([0, 25, 0]);
  });

  describe('a bad commit', () => {
    const disasters: readonly Disaster[] = [
      {
        what: 'an empty render',
        make: (dist) => {
          rmSync(join(dist, 'consumer'), { recursive: true });
          mkdirSync(join(dist, 'consumer'));
          writeFileSync(join(dist, 'consumer', 'README.md'), 'Nothing was rendered.\n');
        },
        suffers: 'consumer',
        says: /auto-sync will wipe out all resources/,
      },
      {
        what: 'a folder that is not where it was',
        make: (dist) => renameSync(join(dist, 'consumer'), join(dist, 'consumers')),
        suffers: 'consumer',
        says: /app path does not exist/,
      },
      {
        what: 'a renamed environment',
        make: (dist) => renameSync(dist, `${dist}-renamed`),
        suffers: 'root',
        says: /app path does not exist/,
      },
      {
        what: 'a bad manifest among good ones',
        make: (dist) => {
          const file = join(dist, 'consumer', 'poddisruptionbudget-consumer.consumer.yaml');
          writeFileSync(
            file,
            readFileSync(file, 'utf8').replace(/maxUnavailable: .*/, 'maxUnavailable: [many]'),
          );
        },
        suffers: 'consumer',
        says: /PodDisruptionBudget\/consumer: .*cannot unmarshal array/,
      },
      {
        what: 'a removed child',
        make: (dist) => rmSync(join(dist, 'argocd', 'workloads', 'application-consumer.argocd.yaml')),
        suffers: 'workloads',
        says: /^workloads OutOfSync/,
      },
    ];

    test.each(disasters)(
      '$what deletes nothing, says so, and the next good commit heals it',
      async ({ make, suffers, says }) => {
        const before = await identities();
        make(join(desired.folder, 'dist', environment.name));
        await desired.commit('A mistake');
        await argo.refresh(...everyone);
        await until(`${suffers} to complain`, 60, async () => {
          const state = summary(await argo.one(suffers));
          if (says.test(state)) return true;
          throw new Error(state);
        });
        await argo.refresh(...everyone);
        expect(await identities()).toEqual(before);
        const began = performance.now();
        await desired.revert();
        await argo.refresh(...everyone);
        await argo.settled(120, everyone.length);
        process.stderr.write(`healed ${seconds(began)} s after the good commit\n`);
        expect(await identities()).toEqual(before);
      },
    );
  });
});

interface Disaster {
  readonly what: string;
  /** Changes the checkout below dist/<environment>. */
  readonly make: (dist: string) => void;
  /** The Application that must complain. */
  readonly suffers: string;
  readonly says: RegExp;
}

/** What an apply would change of each object: its specification, or where it has none its version. */
async function fingerprints(): Promise<Record<string, string>> {
  const get = ['get', '--filename', first, '--recursive', '-o', 'json'];
  const { items } = JSON.parse((await cluster.kubectl(get)).stdout) as { items: KubernetesObject[] };
  const own = items.filter(({ kind }) => kind !== 'Application');
  return Object.fromEntries(
    own.map(({ kind, metadata, spec }) => {
      // The scaler writes the one, the binding of a claim the other.
      const { replicas: _, volumeName: __, ...rest } = { replicas: 0, volumeName: '', ...(spec as object) };
      const print = spec === undefined ? String(metadata.resourceVersion) : JSON.stringify(rest);
      return [`${kind}/${metadata.namespace ?? ''}/${metadata.name}`, hash('sha256', print)];
    }),
  );
}
