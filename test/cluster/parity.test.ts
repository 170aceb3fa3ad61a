/** One workload, one broker, three owners of the count: the same assertions for each, and how long each took. */
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Cluster } from '../../packages/testbed/cluster.ts';
import { fromSourceProvider } from '../../packages/testbed/from-source/provider.ts';
import { until } from '../../packages/testbed/lib/until.ts';
import { type Api, openApi } from './api.ts';
import { insideOf } from './in-cluster-process.ts';
import { type Backend, claims, type Ground, hpa, kedaBackend, ownScaler } from './parity-backends.ts';
import { everySeconds, openQueue, type Queue } from './parity-queue.ts';
import { fidelityTable, type Measured, reactionTable, section, writeSection } from './parity-report.ts';
import { deploymentOf, namespace, type Parity, pattern, workloads } from './parity-workloads.ts';

const name = 'parity';
const rounds = 2;
const unavailable = await fromSourceProvider.unavailable();
if (unavailable !== undefined) process.stderr.write(`skipped: a cluster from source ${unavailable}\n`);

/** Since when each count is right; one that was right only in passing is forgotten. */
function note(since: Map<string, number>, right: readonly Parity[], now: number): void {
  const names = right.map((one) => one.name);
  for (const name of since.keys()) if (!names.includes(name)) since.delete(name);
  for (const name of names) if (!since.has(name)) since.set(name, now);
}

describe.skipIf(unavailable !== undefined)('every back-end that claims a policy', () => {
  let cluster: Cluster;
  let api: Api;
  let queue: Queue;
  const measured: Measured[] = [];

  beforeAll(async () => {
    cluster = await fromSourceProvider.up({ name, kwokNodes: 1 });
    api = await openApi(cluster.kubeconfig);
    await cluster.apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
    queue = await openQueue(insideOf(name));
  });

  afterAll(async () => {
    await queue?.close();
    api?.close();
    await fromSourceProvider.down(name);
  });

  async function replicas(): Promise<ReadonlyMap<string, number>> {
    const { body } = await api.ask(`/apis/apps/v1/namespaces/${namespace}/deployments`);
    const { items = [] } = body as { items?: { metadata: { name: string }; spec: { replicas: number } }[] };
    return new Map(items.map(({ metadata, spec }) => [metadata.name, spec.replicas]));
  }

  /** Sets the backlog; @returns seconds from the broker's confirm to each count, once all are right at once */
  async function step(at: number, claimed: readonly Parity[]): Promise<Map<string, number | undefined>> {
    const before = await replicas();
    await queue.backlog(pattern[at] ?? 0);
    const began = performance.now();
    const since = new Map<string, number>();
    const look = async () => {
      const now = await replicas();
      const right = claimed.filter((one) => now.get(one.name) === one.counts[at]);
      note(since, right, (performance.now() - began) / 1000);
      return right.length === claimed.length;
    };
    const wanted = () => claimed.map(({ name, counts }) => `${name}: ${counts[at]}`).join(', ');
    await until(wanted(), 90, look);
    const held = ({ name, counts }: Parity) => before.get(name) === counts[at];
    return new Map(claimed.map((one) => [one.name, held(one) ? undefined : since.get(one.name)]));
  }

  /** At the highest counts the broker stops answering: no back-end may remove a replica for that. */
  async function blackout(backend: Backend, ground: Ground, claimed: readonly Parity[]): Promise<void> {
    await step(0, claimed);
    const before = await replicas();
    const since = Date.now();
    await queue.frozen(async () => {
      await until(`${backend.name} to say that it is blind`, 90, () => backend.blind(ground, claimed, since));
      const now = await replicas();
      const kept = claimed.filter((one) => backend.keeps(one)).map((one) => one.name);
      expect(kept.map((one) => now.get(one))).toEqual(kept.map((one) => before.get(one)));
    });
    await step(pattern.length - 1, claimed);
  }

  async function drive(backend: Backend): Promise<void> {
    const claimed = workloads.filter((workload) => claims(backend, workload, queue));
    await queue.backlog(0);
    await cluster.apply(claimed.map(deploymentOf));
    const ground = { cluster, inside: insideOf(name), queue };
    const steps: Map<string, number | undefined>[][] = pattern.map(() => []);
    try {
      await backend.start(ground, claimed);
      for (let round = 0; round < rounds; round += 1)
        for (const [at, times] of steps.entries()) {
          // The last step ended with a look: the next backlog comes a quarter, then three quarters of a period later.
          await pause((1000 * everySeconds * (round + 0.5)) / rounds);
          times.push(await step(at, claimed));
        }
      await blackout(backend, ground, claimed);
    } finally {
      await backend.stop(ground);
      await cluster.kubectl(['-n', namespace, 'delete', 'deployment', '--all', '--wait=true']);
    }
    for (const { name: workload } of claimed) {
      const reactions = steps.map((times) => times.map((seconds) => seconds.get(workload)));
      measured.push({ backend: backend.name, workload, reactions });
    }
  }

  test('the own scaler reaches every count, of every policy', async () => {
    await drive(ownScaler);
    expect(measured.filter(({ backend }) => backend === ownScaler.name)).toHaveLength(workloads.length);
  });

  test('an HPA reaches the same counts of the policies that it claims', async () => {
    await drive(hpa);
    const driven = measured.filter(({ backend }) => backend === hpa.name).map(({ workload }) => workload);
    expect(driven).toEqual(['shared', 'slo']);
  });

  test('KEDA reaches the same counts, also of a latch that Prometheus remembers', async () => {
    await drive(kedaBackend);
    expect(measured.filter(({ backend }) => backend === kedaBackend.name)).toHaveLength(workloads.length);
  });

  test('what was measured is printed, and recorded where RECORD is set', () => {
    expect(measured).toHaveLength(10);
    process.stderr.write(`${reactionTable(measured)}\n`);
    if (process.env.RECORD === undefined) return;
    writeSection('reactions', reactionTable(measured));
    writeSection('fidelity', fidelityTable(queue));
  });

  test('the page says of each clause how it is kept', () => {
    expect(section('fidelity')).toBe(fidelityTable(queue));
  });
});
