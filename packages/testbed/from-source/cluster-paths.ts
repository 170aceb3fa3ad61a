import { join } from 'node:path';
import { stateDir } from '../lib/dirs.ts';

/** Where a cluster from source keeps things, and the fixed addresses inside its own network. */
export interface ClusterPaths {
  readonly name: string;
  readonly state: string;
  readonly pki: string;
  readonly logs: string;
  readonly journal: string;
  readonly kubeconfig: string;
  readonly containerdSocket: string;
  readonly podLogs: string;
  readonly namespace: string;
  readonly cgroup: string;
}

/** The addresses of the cluster's network, and the API server's port. */
export const addresses = {
  node: '172.30.99.1',
  pods: '10.244.0.0/16',
  nodePods: '10.244.0.0/24',
  services: '10.96.0.0/16',
  apiService: '10.96.0.1',
  dns: '10.96.0.10',
  /** The API server's port inside the namespace. */
  apiPort: 6443,
} as const;

/** The name of the one real node. */
export const nodeName = 'node-1';

/** Where a cluster keeps its files, by its name. */
export function pathsOf(name: string): ClusterPaths {
  const state = stateDir(name);
  return {
    name,
    state,
    pki: join(state, 'pki'),
    logs: join(state, 'logs'),
    journal: join(state, 'journal.jsonl'),
    kubeconfig: join(state, 'kubeconfig'),
    containerdSocket: join(state, 'containerd.sock'),
    podLogs: join(state, 'pods'),
    namespace: `/run/netns/sluice-${name}`,
    cgroup: `sluice-${name}`,
  };
}
