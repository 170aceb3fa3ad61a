/** The web service without canaries: its versions take over pod by pod, and no request fails. */
import { beforeAll, expect, test } from 'vitest';
import type { Cluster } from '../../packages/testbed/cluster.ts';
import { rollUnderLoad } from './rolling.ts';
import { sharedCluster } from './shared.ts';

let cluster: Cluster;

beforeAll(async () => {
  cluster = await sharedCluster();
});

test('the web service answers every request through 3 rollouts under constant load', async () => {
  const { seconds, revision, ...answered } = await rollUnderLoad(cluster, 3);
  expect(answered).toMatchObject({ non2xx: 0, errors: 0, timeouts: 0 });
  expect(answered['2xx'], 'requests came all the time').toBeGreaterThan(seconds);
  expect(revision).toBe(4);
});
