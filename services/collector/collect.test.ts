import { ApiException, type V1Pod } from '@kubernetes/client-node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSnapshot } from '../../packages/contracts/cluster-snapshot.ts';
import type { ClusterLists, ListPage } from './cluster.ts';
import { collect } from './collect.ts';
import { quantity } from './rows.ts';

const NAMES = [
  ...['nodes', 'namespaces', 'deployments', 'statefulsets', 'daemonsets', 'cronjobs', 'jobs', 'pods'],
  ...['services', 'ingresses', 'horizontalpodautoscalers', 'persistentvolumeclaims', 'events'],
  ...['rollouts', 'analysisruns', 'applications', 'nodemetrics'],
];

/** A cluster of these objects, read in pages as the API server gives them. */
function clusterOf(objects: Readonly<Record<string, readonly unknown[] | Error>>) {
  const asked: string[] = [];
  const list =
    (name: string): ListPage<never> =>
    async ({ limit, _continue = '0' }) => {
      asked.push(`${name} ${_continue}`);
      const all = objects[name] ?? [];
      if (all instanceof Error) throw all;
      const from = Number(_continue);
      const items = all.slice(from, from + limit) as never[];
      return { items, ...(from + limit < all.length && { next: String(from + limit) }) };
    };
  const lists = Object.fromEntries(NAMES.map((name) => [name, list(name)])) as unknown as ClusterLists;
  return { lists, asked };
}

const read = (lists: ClusterLists, more: Partial<Parameters<typeof collect>[0]> = {}) =>
  collect({
    lists,
    pageSize: 2,
    requestMs: 1000,
    signal: new AbortController().signal,
    now: () => 60_000,
    ...more,
  });

const refused = (status: number) => new ApiException(status, 'refused', { secret: 'hunter2' }, {});

const pod = (name: string): V1Pod => ({
  metadata: { name, namespace: 'shop', annotations: { token: 'hunter2' } },
  spec: {
    nodeName: 'node-1',
    containers: [
      {
        name: 'web',
        image: 'ghcr.io/shop/web:1',
        env: [{ name: 'PASSWORD', value: 'hunter2' }],
        args: ['--password=hunter2'],
        resources: { requests: { cpu: '250m', memory: '64Mi' } },
      },
    ],
    initContainers: [{ name: 'wait', resources: { requests: { cpu: '1' } } }],
  },
  status: {
    phase: 'Running',
    conditions: [{ type: 'Ready', status: 'False' }],
    containerStatuses: [
      {
        ...{ name: 'web', image: 'web', ready: false, restartCount: 3 },
        imageID: `ghcr.io/shop/web@sha256:${'a'.repeat(64)}`,
        state: { waiting: { reason: 'CrashLoopBackOff' } },
      },
    ],
  },
});

describe('a snapshot', () => {
  it('has every object of a list of several pages once', async () => {
    const { lists, asked } = clusterOf({ pods: ['a', 'b', 'c', 'd', 'e'].map(pod) });
    const { pods, missing } = await read(lists);
    expect(pods.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(asked.filter((one) => one.startsWith('pods'))).toEqual(['pods 0', 'pods 2', 'pods 4']);
    expect(missing).toEqual([]);
  });

  it('says of a pod how it is, what it reserves and which digest runs', async () => {
    const { pods } = await read(clusterOf({ pods: [pod('a')] }).lists);
    expect(pods[0]).toMatchObject({
      ...{ name: 'a', namespace: 'shop', node: 'node-1', ready: false, restarts: 3 },
      reason: 'CrashLoopBackOff',
      // The init container reserves 1 CPU before the other one starts.
      requests: { cpu: 1, memory: 64 * 2 ** 20 },
      images: [{ image: 'ghcr.io/shop/web:1', digest: `sha256:${'a'.repeat(64)}` }],
    });
  });

  it('holds no variable, argument or annotation, and is what its reader takes', async () => {
    const deployment = { metadata: { name: 'web', namespace: 'shop' }, spec: { template: pod('x') } };
    const { lists } = clusterOf({ pods: [pod('a')], deployments: [deployment], nodes: [{}], jobs: [{}] });
    const text = JSON.stringify(await read(lists));
    expect(text).not.toContain('hunter2');
    expect(parseSnapshot(text).workloads[0]).toMatchObject({ name: 'web', images: ['ghcr.io/shop/web:1'] });
  });

  it.each([
    [404, 'absent'],
    [403, 'forbidden'],
    [500, 'failed'],
  ])(
    'of a cluster that answers %i for a list has the others, and says what is missing',
    async (status, cause) => {
      const { lists } = clusterOf({ pods: [pod('a')], services: refused(status) });
      const { pods, missing } = await read(lists);
      expect(pods).toHaveLength(1);
      expect(missing).toEqual([{ resource: 'services', cause, read: 0, message: expect.any(String) }]);
      expect(JSON.stringify(missing)).not.toContain('hunter2');
    },
  );

  it('keeps what it has read of a list before it failed', async () => {
    const { lists } = clusterOf({ pods: ['a', 'b', 'c'].map(pod) });
    const broken: ListPage<V1Pod> = async (query, signal) => {
      if (query._continue !== undefined) throw refused(500);
      return lists.pods(query, signal);
    };
    const { pods, missing } = await read({ ...lists, pods: broken });
    expect([pods.length, missing[0]?.read]).toEqual([2, 2]);
  });

  it('reads a list anew once, when the API server has forgotten where it was', async () => {
    const { lists } = clusterOf({ pods: ['a', 'b', 'c'].map(pod) });
    let forgotten = 0;
    const once =
      (times: number): ListPage<V1Pod> =>
      async (query, signal) => {
        if (query._continue !== undefined && forgotten++ < times) throw refused(410);
        return lists.pods(query, signal);
      };
    expect((await read({ ...lists, pods: once(1) })).pods.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    forgotten = 0;
    const twice = await read({ ...lists, pods: once(2) });
    expect(twice.missing).toMatchObject([{ resource: 'pods', cause: 'failed', read: 2 }]);
  });

  it('names everything as missing that is not read in time', async () => {
    const { lists } = clusterOf({});
    const never: ListPage<V1Pod> = (_, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    const { missing } = await read({ ...lists, pods: never }, { requestMs: 1 });
    expect(missing).toMatchObject([{ resource: 'pods', cause: 'timeout' }]);
  });

  it('has a release with its steps, weight and analyses, and an Application with what is out of sync', async () => {
    const rollout = {
      metadata: { name: 'api', namespace: 'shop', creationTimestamp: '2026-11-29T15:00:00Z' },
      spec: {
        replicas: 3,
        template: { spec: { containers: [{ image: 'api:2' }] } },
        strategy: { canary: { steps: [{ setWeight: 10 }, { pause: {} }, { setWeight: 50 }] } },
      },
      status: {
        phase: 'Paused',
        stableRS: 'old',
        currentPodHash: 'new',
        currentStepIndex: 1,
        readyReplicas: 3,
      },
    };
    const run = {
      metadata: { name: 'api-1', namespace: 'shop', ownerReferences: [{ kind: 'Rollout', name: 'api' }] },
      status: { phase: 'Running' },
    };
    const application = {
      metadata: { name: 'shop', namespace: 'argocd' },
      spec: { project: 'workloads' },
      status: {
        sync: { status: 'OutOfSync', revision: 'abc' },
        health: { status: 'Healthy' },
        resources: [
          { kind: 'Service', name: 'web', namespace: 'shop', status: 'OutOfSync' },
          { kind: 'Secret' },
        ],
      },
    };
    const { lists } = clusterOf({ rollouts: [rollout], analysisruns: [run], applications: [application, 7] });
    const { releases, workloads, applications, missing } = await read(lists);
    expect(releases).toMatchObject([
      {
        name: 'api',
        phase: 'Paused',
        steps: 3,
        step: 1,
        weight: 10,
        analyses: [{ name: 'api-1', phase: 'Running' }],
      },
    ]);
    expect(workloads).toMatchObject([
      { kind: 'Rollout', desired: 3, ready: 3, paused: true, images: ['api:2'] },
    ]);
    expect(applications).toMatchObject([
      { name: 'shop', sync: 'OutOfSync', outOfSync: [{ kind: 'Service', name: 'web' }], outOfSyncCount: 1 },
    ]);
    // What is no object at all is a failure of its list, which keeps what came before.
    expect(missing).toMatchObject([{ resource: 'applications', cause: 'failed', read: 1 }]);
  });
});

it('reads quantities as Kubernetes writes them, and counts anything else as none', () => {
  expect(['250m', '1', '1Gi', '500Mi', '1e3', '2.5', '12345n', 'no', '', undefined].map(quantity)).toEqual([
    ...[0.25, 1, 2 ** 30, 500 * 2 ** 20, 1000, 2.5, 12345 * 1e-9, 0, 0, 0],
  ]);
  fc.assert(fc.property(fc.string(), (text) => Number.isFinite(quantity(text)) && quantity(text) >= 0));
});
