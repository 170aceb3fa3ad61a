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
export const stages = [
  stage('node-ready', 'Node', [notReady], { statusTemplate: nodeStatus }),
  stage('pod-running', 'Pod', [{ key: deletionTime, operator: 'DoesNotExist' }, pending], {
    statusTemplate: podStatus,
  }),
  stage('pod-deleted', 'Pod', [{ key: deletionTime, operator: 'Exists' }], { delete: true }),
];
