import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster, KubernetesObject } from '../cluster.ts';
import { ensureTool } from '../lib/tools.ts';
import { until } from '../lib/until.ts';
import { kwok } from '../tools.ts';
import { addresses, type ClusterPaths } from './cluster-paths.ts';
import { writeKubeconfig } from './pki.ts';
import { runs, start, started } from './processes.ts';

/**
 * How simulated objects come to life: a node is Ready at once, a pod runs at once and a deleted one is
 * gone at once; a Job's pod stays running. The lease that kwok renews keeps a node Ready.
 * @see https://kwok.sigs.k8s.io/docs/user/stages-configuration/
 */
interface Requirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values?: readonly string[];
}

interface Next {
  readonly statusTemplate?: string;
  readonly delete?: boolean;
}

const stage = (name: string, kind: 'Node' | 'Pod', matchExpressions: readonly Requirement[], next: Next) => ({
  apiVersion: 'kwok.x-k8s.io/v1alpha1',
  kind: 'Stage',
  metadata: { name },
  spec: { resourceRef: { apiGroup: 'v1', kind }, selector: { matchExpressions }, next },
});

const notReady: Requirement = {
  key: '.status.conditions.[] | select( .type == "Ready" ) | .status',
  operator: 'NotIn',
  values: ['True'],
};

const condition = (type: string) => `
- type: ${type}
  status: "True"
  reason: Simulated
  lastTransitionTime: {{ $now | Quote }}`;

const nodeStatus = `
{{ $now := Now }}
phase: Running
conditions:${condition('Ready')}
  lastHeartbeatTime: {{ $now | Quote }}
addresses:
- type: InternalIP
  address: {{ NodeIP | Quote }}
nodeInfo:
  kubeletVersion: {{ printf "kwok-%s" Version | Quote }}
  operatingSystem: linux
  architecture: amd64
`;

const podStatus = `
{{ $now := Now }}
phase: Running
startTime: {{ $now | Quote }}
conditions:${['Initialized', 'ContainersReady', 'Ready'].map(condition).join('')}
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  ready: true
  started: true
  restartCount: 0
  state:
    running:
      startedAt: {{ $now | Quote }}
{{ end }}
`;

const deletionTime = '.metadata.deletionTimestamp';
const pending: Requirement = { key: '.status.phase', operator: 'In', values: ['Pending'] };

/** What KWOK does with the objects of simulated nodes, step by step. */
const stages = [
  stage('node-ready', 'Node', [notReady], { statusTemplate: nodeStatus }),
  stage('pod-running', 'Pod', [{ key: deletionTime, operator: 'DoesNotExist' }, pending], {
    statusTemplate: podStatus,
  }),
  stage('pod-deleted', 'Pod', [{ key: deletionTime, operator: 'Exists' }], { delete: true }),
];

/** Simulated nodes: the API server sees nodes and running pods, nothing runs. */
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
export async function addKwokNodes(at: ClusterPaths, cluster: Cluster, count: number): Promise<void> {
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
    start(at, {
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
