import { object, workload } from '../../testing.ts';
import { type BreakRow, web } from '../chains.ts';

const resources = 'kubernetes.io, Resource Management for Pods and Containers';
const standards = 'kubernetes.io, Pod Security Standards';
const quotas = 'kubernetes.io, Resource Quotas and Limit Ranges';
const deployment = (container: string, spec = '', pod = ''): string =>
  workload('Deployment', `image: "a:1", ${container}`, spec, pod);
const namespace = (level: string): string =>
  `{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: ${level}}}}`;
const safe = `securityContext: {allowPrivilegeEscalation: false, runAsNonRoot: true, capabilities: {drop: [ALL]},
  seccompProfile: {type: RuntimeDefault}}`;

export const rows: readonly BreakRow[] = [
  [
    'a limit below its request',
    [deployment('resources: {limits: {memory: 1Gi}, requests: {memory: 512Mi}}')],
    'requests: {memory: 512Mi}',
    'requests: {memory: 2Gi}',
    /the limit of memory \(1Gi\) of container app is below its request \(2Gi\)/,
    resources,
  ],
  [
    'a grace period below the preStop hook',
    [deployment('lifecycle: {preStop: {exec: {command: [sleep, "20"]}}}')],
    'spec: { containers',
    'spec: {terminationGracePeriodSeconds: 20, containers',
    /the preStop hook of container app sleeps 20 s of a grace period of 20 s/,
    'kubernetes.io, Container Lifecycle Hooks',
  ],
  [
    'a sleep of the kubelet above the grace period',
    [deployment('lifecycle: {preStop: {sleep: {seconds: 5}}}')],
    'seconds: 5',
    'seconds: 60',
    /sleeps 60 s of a grace period of 30 s/,
    'kubernetes.io, Container Lifecycle Hooks',
  ],
  [
    'a probe of a port that is renamed',
    [deployment('ports: [{name: http, containerPort: 80}], readinessProbe: {httpGet: {port: http}}')],
    '{name: http,',
    '{name: web,',
    /the readinessProbe of container app asks port http, which it does not declare/,
    'kubernetes.io, Configure Probes: "Use a named port"',
  ],
  [
    'a volume that is mounted and gone',
    [deployment('volumeMounts: [{name: a, mountPath: /a}]', '', 'volumes: [{name: a}],')],
    'volumes: [{name: a}]',
    'volumes: [{name: b}]',
    /container app mounts the volume a, which the pod does not have/,
    'kubernetes.io, Volumes',
  ],
  [
    'a container that must not be root and is',
    [deployment('securityContext: {runAsNonRoot: true}')],
    'runAsNonRoot: true',
    'runAsNonRoot: true, runAsUser: 0',
    /must not run as root/,
    'kubernetes.io, Configure a Security Context',
  ],
  [
    'two containers of one name',
    [web],
    'containers: [',
    'containers: [{name: app, image: "b:1"}, ',
    /the container app is there twice/,
    'kubernetes.io, API reference: PodSpec.containers',
  ],
  [
    'a template that its own selector does not select',
    [web],
    'matchLabels: {app: web}',
    'matchLabels: {app: api}',
    /does not select the labels of its own pods/,
    'kubernetes.io, Deployments',
  ],
  [
    'a hostPath under restricted',
    [deployment(safe), namespace('restricted')],
    'spec: { containers',
    'spec: {volumes: [{name: a, hostPath: {path: /}}], containers',
    /Pod Security \(restricted\) of Namespace shop refuses its pods: volume a is a hostPath/,
    standards,
  ],
  [
    'a privileged container under baseline',
    [deployment('securityContext: {privileged: false}'), namespace('baseline')],
    'privileged: false',
    'privileged: true',
    /container app is privileged/,
    standards,
  ],
  [
    'a container that may be root under restricted',
    [deployment(safe), namespace('restricted')],
    'runAsNonRoot: true, ',
    '',
    /container app does not set runAsNonRoot: true/,
    standards,
  ],
  [
    'a namespace that becomes restricted',
    [deployment(''), namespace('baseline')],
    'enforce: baseline',
    'enforce: restricted',
    /Deployment shop\/web Pod Security \(restricted\)/,
    standards,
  ],
  [
    'the host network under baseline',
    [deployment(''), namespace('baseline')],
    'spec: { containers',
    'spec: {hostNetwork: true, containers',
    /hostNetwork/,
    standards,
  ],
  [
    'a limit above the range of the namespace',
    [
      deployment('resources: {limits: {memory: 1Gi}}'),
      object('v1', 'LimitRange', 'spec: {limits: [{type: Container, max: {memory: 2Gi}}]}'),
    ],
    'limits: {memory: 1Gi}',
    'limits: {memory: 4Gi}',
    /LimitRange shop\/web refuses its pods: limits of memory of container app \(4Gi\) exceed 2Gi/,
    quotas,
  ],
  [
    'a quota of what a container does not say',
    [deployment(''), object('v1', 'ResourceQuota', 'spec: {hard: {pods: 9}}')],
    'pods: 9',
    'requests.cpu: 4',
    /ResourceQuota shop\/web refuses its pods: container app sets no requests of cpu/,
    quotas,
  ],
];
