/** The cluster that test files share: one for each worker of the run, emptied between two files. */
import { availableParallelism } from 'node:os';
import type { Cluster, ClusterOptions } from '../../packages/testbed/cluster.ts';
import { stateDir } from '../../packages/testbed/lib/dirs.ts';
import { withLock } from '../../packages/testbed/lib/lock.ts';
import { step } from '../../packages/testbed/lib/say.ts';
import { closeCluster, openCluster } from '../../packages/testbed/provide.ts';
import { resetCluster } from './reset.ts';

/** Files at once, each on its own cluster or its worker's: they mostly wait. A given cluster is only one. */
export const WORKERS = process.env.KUBECONFIG ? 1 : Math.min(4, Math.max(2, availableParallelism()));

const nameOf = (worker: number | string): string => `tests-${worker}`;

/**
 * This worker's cluster, empty: started by the first file that asks.
 * @param options `provider` where the test needs a certain one; simulated nodes are the built cluster's alone
 */
export async function sharedCluster(
  options: Pick<ClusterOptions, 'provider' | 'kwokNodes'> = {},
): Promise<Cluster> {
  const name = nameOf(process.env.VITEST_POOL_ID ?? 1);
  const { kwokNodes = 0, ...chosen } = options;
  const cluster = await openCluster({ name, ...chosen });
  await step(`emptying ${name}`, () => resetCluster(cluster));
  return kwokNodes === 0 ? cluster : openCluster({ name, ...options });
}

const closeAll = async (): Promise<void> => {
  for (let worker = 1; worker <= WORKERS; worker += 1) await closeCluster(nameOf(worker));
};

/** One run at a time on a machine: the clusters have the same names in each. @returns what ends it */
async function beginRun(): Promise<() => Promise<void>> {
  const begun = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const run = withLock(stateDir('tests.lock'), async () => {
    begun.resolve();
    await ended.promise;
  });
  await Promise.race([begun.promise, run]);
  return () => {
    ended.resolve();
    return run;
  };
}

/** KEEP_CLUSTERS leaves them for the next run, which then begins at once: for work on a test. */
export async function setup(): Promise<() => Promise<void>> {
  const keep = process.env.KEEP_CLUSTERS !== undefined;
  const endRun = await beginRun();
  if (!keep) await closeAll();
  return async () => {
    if (!keep) await closeAll();
    await endRun();
  };
}
