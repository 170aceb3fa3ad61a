/** Simulated nodes: the API server sees nodes and running pods, nothing runs. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster, KubernetesObject } from '../cluster.ts';
import { ensureTool } from '../lib/tools.ts';
import { until } from '../lib/until.ts';
import { kwok } from '../tools.ts';
import { addresses, type ClusterPaths } from './cluster-paths.ts';
import { stages } from './kwok-stages.ts';
import { writeKubeconfig } from './pki.ts';
import { runs, start, started } from './processes.ts';

const annotation = 'kwok.x-k8s.io/node';

/** Tainted: only pods that ask for a simulated node get one. */
function node(index: number): KubernetesObject {
  const name = `kwok-${index}`;
  const resources = { cpu: '4', memory: '8Gi', pods: '110', 'ephemeral-storage': '50Gi' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      annotations: { [annotation]: 'fake' },
      labels: { type: 'kwok', 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' },
    },
    spec: { taints: [{ key: annotation, value: 'fake', effect: 'NoSchedule' }] },
    status: { allocatable: resources, capacity: resources },
  };
}

/** Adds nodes until there are `count`, with label `type: kwok` and taint `kwok.x-k8s.io/node=fake:NoSchedule`. */
export async function addKwokNodes(
  at: ClusterPaths,
  cgroup: string,
  cluster: Cluster,
  count: number,
): Promise<void> {
  const bin = await ensureTool(kwok);
  if (!started(at.journal).some((one) => one.name === 'kwok' && runs(one))) {
    const kubeconfig = writeKubeconfig(at, 'admin', join(at.pki, 'kwok.kubeconfig'), addresses.apiPort);
    const config = join(at.state, 'kwok.yaml');
    writeFileSync(config, stages.map((one) => `---\n${JSON.stringify(one)}\n`).join(''));
    const which = [
      `--config=${config}`,
      '--manage-all-nodes=false',
      `--manage-nodes-with-annotation-selector=${annotation}=fake`,
    ];
    const server = ['--server-address=127.0.0.1:10247', '--node-lease-duration-seconds=40'];
    start(at, cgroup, {
      name: 'kwok',
      command: [join(bin, 'kwok'), `--kubeconfig=${kubeconfig}`, ...which, ...server],
    });
  }
  await cluster.apply(Array.from({ length: count }, (_, index) => node(index + 1)));
  await until(`${count} simulated nodes`, 60, async () => {
    const jsonpath = "jsonpath={.items[*].status.conditions[?(@.type=='Ready')].status}";
    const { stdout } = await cluster.kubectl(['get', 'nodes', '-l', 'type=kwok', '-o', jsonpath]);
    return stdout.split(' ').filter((status) => status === 'True').length >= count;
  });
}
