/** journal with a queue in Redis that KEDA follows, beside process with the own scaler: each by its own queue. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemIn } from '../../apps/rendering.ts';
import { fidelityOf } from '../../charts/scaling.ts';
import { installKeda } from '../../packages/testbed/addons/keda.ts';
import type { Cluster } from '../../packages/testbed/cluster.ts';
import { byKeda, deployBank, LOAD } from './bank-system.ts';
import { BankWatch, idsOf, WORKERS } from './bank-watch.ts';
import { sharedCluster } from './shared.ts';

let cluster: Cluster;
let bank: BankWatch;

beforeAll(async () => {
  cluster = await sharedCluster({ provider: 'from-source' });
  await installKeda(cluster);
  await deployBank(cluster, byKeda);
  bank = await BankWatch.open(cluster);
});

afterAll(() => bank?.close());

describe('journal with the scaler KEDA', () => {
  test('has a ScaledObject that can read Redis, is at 0, and is none of the own scaler', async () => {
    await bank.seen.kubectl(
      ...['-n', 'journal', 'wait', 'scaledobject/journal', '--for=condition=Ready', '--timeout=60s'],
    );
    await bank.atRest(180);
    const roles = await bank.seen.kubectl('get', 'roles', '-A', '-o', 'jsonpath={.items[*].metadata.name}');
    // An HPA scales inject by its CPU.
    expect(roles.split(' ').filter((name) => name.startsWith('scale-'))).toEqual(['scale-process']);
  });

  test(`${LOAD} transactions take it from 0 to several pods and back, and each store has each once`, async () => {
    const recordings = await bank.record();
    await bank.send('first');
    await bank.accepted('first');
    await bank.upAndDown(recordings);
    process.stderr.write(`replicas by KEDA and by the own scaler: ${JSON.stringify(recordings)}\n`);
    for (const worker of WORKERS) {
      expect(recordings[worker].wanted.at(0)).toBe(0);
      expect(Math.max(...recordings[worker].wanted)).toBeGreaterThan(1);
    }
    const ids = idsOf('first');
    expect(await bank.storedIds()).toEqual({ mongodb: ids, index: ids });
  });

  test('differs from the policy where its fidelity says so', () => {
    const { environment, applications } = byKeda;
    const [scaled] = systemIn(environment, applications).scaled.filter(({ scaler }) => scaler === 'keda');
    if (scaled === undefined) throw new Error('no workload of scaler keda');
    const inexact = fidelityOf(scaled, environment).filter(({ fidelity }) => fidelity !== 'exact');
    process.stderr.write(`${inexact.map(({ clause, why }) => `${clause}: ${why}`).join('\n')}\n`);
    expect(inexact.map(({ clause }) => clause)).toContain('perReplica');
    expect(inexact.filter(({ fidelity }) => fidelity === 'refused')).toEqual([]);
  });
});
