/** The pod of the scaler that leads. */
import type { Cluster } from '../../packages/testbed/cluster.ts';
import { until } from '../../packages/testbed/lib/until.ts';

/** @returns the identity of the pod that holds the Lease, '' where none does: `<pod>_<uid>` */
export async function leaderOf(cluster: Cluster): Promise<string> {
  const lease = ['-n', 'scaler', 'get', 'lease', 'scaler', '-o', 'jsonpath={.spec.holderIdentity}'];
  return (await cluster.kubectl(lease)).stdout.trim();
}

/** Kills the pod that leads, without its end being awaited. @returns its identity */
export async function killLeader(cluster: Cluster): Promise<string> {
  const leader = await leaderOf(cluster);
  const [pod = ''] = leader.split('_');
  await cluster.kubectl(['-n', 'scaler', 'delete', 'pod', pod, '--grace-period=0', '--force']);
  return leader;
}

/** Resolves when a pod leads that is another than the one of that identity. */
export const untilAnotherLeads = (cluster: Cluster, seconds: number, identity = ''): Promise<unknown> =>
  until('another leader', seconds, async () => !['', identity].includes(await leaderOf(cluster)));
