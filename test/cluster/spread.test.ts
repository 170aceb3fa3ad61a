/** Where the pods of the web service go, on simulated nodes of several zones, by dist's own constraints. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Cluster } from '../../packages/testbed/cluster.ts';
import { fromSourceProvider } from '../../packages/testbed/from-source/provider.ts';
import { until } from '../../packages/testbed/lib/until.ts';
import { type Api, openApi } from './api.ts';
import { objectOf } from './rendered.ts';
import { sharedCluster } from './shared.ts';
import { applyKinds, applyTo, podsAt, simulated } from './simulated.ts';

const environment = 'production';
const unavailable = await fromSourceProvider.unavailable();
if (unavailable !== undefined)
  process.stderr.write(`skipped: simulated nodes need a cluster from source, which ${unavailable}\n`);

const ZONE = 'topology.kubernetes.io/zone';

const service = objectOf(environment, 'Rollout', 'api');

describe.skipIf(unavailable !== undefined)('the pods of the web service', () => {
  let cluster: Cluster;
  let api: Api;

  beforeAll(async () => {
    cluster = await sharedCluster({ provider: 'from-source', kwokNodes: 4 });
    api = await openApi(cluster.kubeconfig);
    const kinds = ['Namespace', 'PriorityClass', 'ServiceAccount'];
    await applyKinds(api, environment, kinds);
  });

  beforeEach(async () => {
    await cluster.kubectl([
      'delete',
      'deployment',
      service.metadata.name,
      '--namespace=api',
      '--ignore-not-found',
    ]);
    await until('the pods to be gone', 60, async () => (await pods()).length === 0);
  });

  afterAll(() => api?.close());

  const pods = () => podsAt(api, '/api/v1/namespaces/api/pods');

  /** Nodes in zones, by number: 'aabb' puts the first two into one zone. The others take no pod. */
  async function nodes(zones: string): Promise<void> {
    for (const [index, node] of ['kwok-1', 'kwok-2', 'kwok-3', 'kwok-4'].entries()) {
      const zone = zones[index];
      const label = zone === undefined ? `${ZONE}-` : `${ZONE}=${zone}`;
      await cluster.kubectl(['label', 'node', node, label, '--overwrite']);
      await cluster.kubectl([zone === undefined ? 'cordon' : 'uncordon', node]);
    }
  }

  /** Runs that many. @returns node -> its pods */
  async function run(count: number): Promise<Record<string, number>> {
    await applyTo(api, simulated(service, count, '250m'));
    const running = async () => {
      const all = (await pods()).filter(({ status }) => status.phase === 'Running');
      return all.length === count ? all : undefined;
    };
    const all = await until(`${count} running`, 60, running);
    const names = all.map(({ spec }) => spec.nodeName ?? 'none').sort();
    return Object.fromEntries(names.map((node) => [node, names.filter((one) => one === node).length]));
  }

  test('are 2 each when 8 share 4 nodes of 2 zones', async () => {
    await nodes('aabb');
    expect(await run(8)).toEqual({ 'kwok-1': 2, 'kwok-2': 2, 'kwok-3': 2, 'kwok-4': 2 });
  });

  test('are 3 each when 9 share 3 nodes of 3 zones', async () => {
    await nodes('abc');
    expect(await run(9)).toEqual({ 'kwok-1': 3, 'kwok-2': 3, 'kwok-3': 3 });
  });

  test('run on one node where there is no other: the spread is a wish', async () => {
    await nodes('a');
    expect(await run(8)).toEqual({ 'kwok-1': 8 });
  });

  test('take the larger node first', async () => {
    await nodes('abc');
    await cluster.kubectl(['label', 'node', 'kwok-2', 'karpenter.k8s.aws/instance-cpu=8']);
    await cluster.kubectl(['label', 'node', 'kwok-1', 'kwok-3', 'karpenter.k8s.aws/instance-cpu=2']);
    expect(await run(1)).toEqual({ 'kwok-2': 1 });
  });
});
