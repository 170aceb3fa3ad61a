/** Who gives way when room is short, and what a drain may take: on simulated nodes, with dist's own objects. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Cluster, KubernetesObject } from '../../packages/testbed/cluster.ts';
import { fromSourceProvider } from '../../packages/testbed/from-source/provider.ts';
import { patient } from '../../packages/testbed/lib/patience.ts';
import { until } from '../../packages/testbed/lib/until.ts';
import { type Api, openApi } from './api.ts';
import { objectOf } from './rendered.ts';
import { sharedCluster } from './shared.ts';
import { applyKinds, applyTo, type Pod, podsAt, simulated } from './simulated.ts';

const environment = 'production';
const unavailable = await fromSourceProvider.unavailable();
if (unavailable !== undefined)
  process.stderr.write(`skipped: simulated nodes need a cluster from source, which ${unavailable}\n`);

const consumer = objectOf(environment, 'Deployment', 'consumer');
const scaler = objectOf(environment, 'Deployment', 'scaler');

describe.skipIf(unavailable !== undefined)('placement', () => {
  let cluster: Cluster;
  let api: Api;

  beforeAll(async () => {
    cluster = await sharedCluster({ provider: 'from-source', kwokNodes: 2 });
    api = await openApi(cluster.kubeconfig);
    const kinds = ['Namespace', 'PriorityClass', 'ServiceAccount', 'PodDisruptionBudget'];
    await applyKinds(api, environment, kinds);
  });

  beforeEach(async () => {
    await cluster.kubectl(['uncordon', 'kwok-1', 'kwok-2']);
    for (const object of [consumer, scaler]) await api.ask(await api.pathOf(object), { method: 'DELETE' });
    await until('the pods to be gone', 60, async () => (await pods()).length === 0);
  });

  afterAll(() => api?.close());

  const apply = (object: KubernetesObject) => applyTo(api, object);

  const pods = () => podsAt(api, '/api/v1/pods?labelSelector=app.kubernetes.io/part-of=sluice');

  const running = async (namespace: string) =>
    (await pods()).filter(
      ({ metadata, status }) => metadata.namespace === namespace && status.phase === 'Running',
    ).length;

  const run = async (namespace: string, count: number) =>
    until(`${count} running in ${namespace}`, 60, async () => (await running(namespace)) === count);

  describe('on a full node', () => {
    beforeEach(async () => {
      await cluster.kubectl(['cordon', 'kwok-2']);
      await apply(simulated(consumer, 4, '1'));
      await run('consumer', 4);
    });

    test('the scaler displaces a consumer, which comes back when there is room', async () => {
      await apply(simulated(scaler, 1, '1'));
      await run('scaler', 1);
      await run('consumer', 3);
      const waiting = (await pods()).filter(({ status }) => status.phase === 'Pending');
      expect(waiting.map(({ metadata }) => metadata.namespace)).toEqual(['consumer']);
      const { stdout } = await cluster.kubectl([
        '-n',
        'consumer',
        'get',
        'events',
        '-o',
        'jsonpath={.items[*].reason}',
      ]);
      expect(stdout.split(' ')).toContain('Preempted');
      await apply(simulated(scaler, 0, '1'));
      await run('consumer', 4);
    });

    test('a consumer preempts no pod: it waits', async () => {
      await apply(simulated(consumer, 5, '1'));
      const unschedulable = async () => {
        const { stdout } = await cluster.kubectl(['-n', 'consumer', 'get', 'events', '-o', 'json']);
        const { items } = JSON.parse(stdout) as { items: { reason: string; message: string }[] };
        return items.find(({ reason }) => reason === 'FailedScheduling');
      };
      const event = await until('the scheduler to say why', 60, unschedulable);
      expect(event.message).toContain('not eligible due to preemptionPolicy=Never');
      expect(await running('consumer')).toBe(4);
    });
  });

  describe('a drain', () => {
    const node = (pod: Pod) => pod.spec.nodeName ?? 'none';

    /** Asks for one eviction. @returns the status: 201 done, 429 the budget forbids it now */
    async function evict({ metadata }: Pod): Promise<number> {
      const path = `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}/eviction`;
      const body = {
        apiVersion: 'policy/v1',
        kind: 'Eviction',
        metadata: { name: metadata.name, namespace: metadata.namespace },
      };
      return (await api.ask(path, { method: 'POST', body })).status;
    }

    beforeEach(async () => {
      await apply(simulated(consumer, 8, '250m'));
      await apply(simulated(scaler, 2, '250m'));
      await run('consumer', 8);
      await run('scaler', 2);
      // A budget counts what its controller has seen.
      await until(
        'the budgets',
        60,
        async () => (await allowed('consumer')) === 2 && (await allowed('scaler')) === 1,
      );
    });

    async function allowed(budget: string): Promise<number> {
      const { body } = await api.ask(`/apis/policy/v1/namespaces/${budget}/poddisruptionbudgets/${budget}`);
      return (body as { status: { disruptionsAllowed: number } }).status.disruptionsAllowed;
    }

    test('without room elsewhere takes a quarter of the consumers and one scaler, and then waits', async () => {
      await cluster.kubectl(['cordon', 'kwok-1', 'kwok-2']);
      const outcome = async (namespace: string) => {
        const statuses: number[] = [];
        for (const pod of (await pods()).filter(({ metadata }) => metadata.namespace === namespace))
          statuses.push(await evict(pod));
        return statuses.sort();
      };
      // 25 % of 8 = 2; the scaler's budget is one of two.
      expect(await outcome('consumer')).toEqual([201, 201, 429, 429, 429, 429, 429, 429]);
      expect(await outcome('scaler')).toEqual([201, 429]);
    });

    test('with room elsewhere ends, and never has more than a quarter of the consumers down', async () => {
      const before = await pods();
      expect(new Set(before.map(node))).toEqual(new Set(['kwok-1', 'kwok-2']));
      const seen: number[] = [];
      let done = false;
      const draining = cluster
        .kubectl([
          'drain',
          'kwok-1',
          '--ignore-daemonsets',
          '--delete-emptydir-data',
          `--timeout=${patient(90)}s`,
        ])
        .finally(() => {
          done = true;
        });
      while (!done) {
        seen.push(await running('consumer'));
        await pause(20);
      }
      await draining;
      expect(Math.min(...seen)).toBeGreaterThanOrEqual(6);
      await run('consumer', 8);
      await run('scaler', 2);
      expect(new Set((await pods()).map(node))).toEqual(new Set(['kwok-2']));
    });
  });
});
