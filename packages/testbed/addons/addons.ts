import type { Cluster } from '../cluster.ts';
import type { ClusterPaths } from '../from-source/cluster-paths.ts';
import { dnsObjects } from './dns.ts';
import { storageObjects } from './storage.ts';

/** What a cluster has from the first minute: names and volumes. Waits until names resolve. */
export async function installAddons(at: ClusterPaths, cluster: Cluster): Promise<void> {
  await cluster.apply([...dnsObjects, ...storageObjects(at)]);
  await cluster.kubectl([
    ...['--namespace', 'kube-system', 'wait', 'deployment/coredns'],
    ...['--for=condition=Available', '--timeout=60s'],
  ]);
}
