import type { Cluster } from '../../packages/testbed/cluster.ts';
import { fromSourceProvider } from '../../packages/testbed/from-source/provider.ts';
import type { Figure } from './figures.ts';

/** Measures on a built cluster that is there for this alone. @returns nothing where none can be built, and says so */
export async function onBuiltCluster(
  bench: string,
  measure: (cluster: Cluster) => Promise<Figure[]>,
): Promise<Figure[]> {
  const refusal = await fromSourceProvider.unavailable();
  if (refusal !== undefined) {
    process.stderr.write(`${bench} is left out: the built cluster ${refusal}\n`);
    return [];
  }
  const cluster = await fromSourceProvider.up({ name: bench });
  try {
    return await measure(cluster);
  } finally {
    await fromSourceProvider.down(bench);
  }
}
