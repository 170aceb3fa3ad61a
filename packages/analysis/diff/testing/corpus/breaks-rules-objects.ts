import { object, workload } from '../../testing.ts';
import { adapter, type BreakRow, hpa, web } from '../chains.ts';

const budgets = 'kubernetes.io, Specifying a Disruption Budget for your Application';
const crons = 'kubernetes.io, CronJob';
const projects = 'Argo CD, Projects: "Managing Projects"';
const deployment = (container: string, spec = '', pod = ''): string =>
  workload('Deployment', `image: "a:1", ${container}`, spec, pod);
export const cron = object('batch/v1', 'CronJob', 'spec: {schedule: "0 3 * * *", timeZone: Europe/Berlin}');
const budget = (spec: string): string =>
  object('policy/v1', 'PodDisruptionBudget', `spec: {selector: {matchLabels: {app: web}}, ${spec}}`);
const configMap = object('v1', 'ConfigMap', 'data: {a: "<text>"}');
const application = object(
  'argoproj.io/v1alpha1',
  'Application',
  `spec: {project: web, source: {repoURL: "https://example.com/a.git", path: dist/local/shop},
    destination: {server: "https://kubernetes.default.svc", namespace: shop}}`,
);
const project = object(
  'argoproj.io/v1alpha1',
  'AppProject',
  `spec: {sourceRepos: ["https://example.com/*"], destinations: [{server: "https://kubernetes.default.svc", namespace: shop}],
    namespaceResourceWhitelist: [{group: "*", kind: "*"}], clusterResourceWhitelist: [{group: "", kind: Namespace}]}`,
);
const crd = `{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: as.example.com},
  spec: {group: example.com, names: {kind: A}, versions: [{name: v1, served: true}, {name: v2, served: true}]}}`;

const strings =
  'kubernetes v1.36.3 staging/src/k8s.io/api/core/v1/types.go ConfigMap.data: map[string]string';

export const rows: readonly BreakRow[] = [
  [
    'a text of a ConfigMap that YAML reads as a boolean',
    [configMap],
    '"<text>"',
    'no',
    /'data\.a' is a boolean to the API server, which takes texts alone: quote it/,
    strings,
  ],
  [
    'an annotation that YAML reads as a number',
    [configMap],
    'metadata: {',
    'metadata: {annotations: {wave: 12}, ',
    /'metadata\.annotations\.wave' is a number to the API server/,
    strings,
  ],
  [
    'an HPA whose minimum exceeds its maximum',
    [web, hpa, adapter],
    'maxReplicas: 5',
    'maxReplicas: 5, minReplicas: 6',
    /'minReplicas' \(6\) must not exceed 'maxReplicas' \(5\)/,
    'kubernetes.io, API reference: HorizontalPodAutoscalerSpec',
  ],
  [
    'a ScaledObject whose minimum exceeds its maximum',
    [
      web,
      object(
        'keda.sh/v1alpha1',
        'ScaledObject',
        'spec: {scaleTargetRef: {name: web}, minReplicaCount: 1, maxReplicaCount: 5}',
      ),
    ],
    'minReplicaCount: 1',
    'minReplicaCount: 9',
    /'minReplicaCount' \(9\) must not exceed/,
    'keda.sh, ScaledObject specification',
  ],
  [
    'utilization without a request',
    [
      deployment('resources: {requests: {cpu: 1}}'),
      object(
        'autoscaling/v2',
        'HorizontalPodAutoscaler',
        'spec: {maxReplicas: 3, scaleTargetRef: {kind: Deployment, name: web}, metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 50}}}]}',
      ),
    ],
    'requests: {cpu: 1}',
    'requests: {memory: 1Gi}',
    /goes by the utilization of cpu, and container app of Deployment shop\/web requests none/,
    'kubernetes.io, Horizontal Pod Autoscaling: "How does a HorizontalPodAutoscaler work?"',
  ],
  [
    'a second owner of a replica count',
    [web, hpa, adapter],
    'metadata: {name: web, namespace: shop, }, spec: {scaleTargetRef',
    'metadata: {name: a, namespace: shop}, spec: {maxReplicas: 9, scaleTargetRef: {kind: Deployment, name: web}}}\n---\n{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: web, namespace: shop}, spec: {scaleTargetRef',
    /scales Deployment shop\/web as well/,
    'kubernetes.io, Horizontal Pod Autoscaling',
  ],
  [
    'a budget without an eviction',
    [web, budget('maxUnavailable: 1')],
    'maxUnavailable: 1',
    'maxUnavailable: 0',
    /it allows no eviction \(maxUnavailable: 0\)/,
    budgets,
  ],
  [
    'a budget of as many as there are',
    [deployment('', 'replicas: 2,'), budget('minAvailable: 1')],
    'minAvailable: 1',
    'minAvailable: 2',
    /it allows no eviction \(minAvailable: 2 of 2 pods\)/,
    budgets,
  ],
  [
    'fewer replicas than the budget wants',
    [deployment('', 'replicas: 3,'), budget('minAvailable: 2')],
    'replicas: 3',
    'replicas: 2',
    /PodDisruptionBudget shop\/web it allows no eviction/,
    budgets,
  ],
  [
    'an unknown time zone',
    [cron],
    'Europe/Berlin',
    'Europe/Berln',
    /'timeZone' \(Europe\/Berln\) is no time zone/,
    crons,
  ],
  ['a time zone in another case', [cron], 'Europe/Berlin', 'europe/berlin', /is no time zone/, crons],
  [
    'a schedule of six fields',
    [cron],
    '0 3 * * *',
    '0 0 3 * * *',
    /'schedule' \(0 0 3 \* \* \*\) is no cron expression/,
    crons,
  ],
  [
    'a time zone inside the schedule',
    [cron],
    '0 3 * * *',
    'TZ=UTC 0 3 * * *',
    /must not name a time zone/,
    crons,
  ],
  [
    'a ConfigMap above 1 MiB',
    [configMap],
    '<text>',
    `${'x '.repeat(512 * 1024)}x`,
    /its data have 1048577 bytes, at most 1048576/,
    'kubernetes.io, ConfigMaps: "Motivation"',
  ],
  [
    'a Secret that is no base64',
    [object('v1', 'Secret', 'data: {a: YQ==}')],
    'YQ==',
    'plain text',
    /'data.a' must be base64/,
    'kubernetes.io, Secrets',
  ],
  [
    'a label that is too long',
    [web],
    'metadata: {name: web, namespace: shop, }',
    `metadata: {name: web, namespace: shop, labels: {a: ${'x'.repeat(64)}}}`,
    /must have at most 63 characters/,
    'kubernetes.io, Labels and Selectors',
  ],
  [
    'two ports without names',
    [object('v1', 'Service', 'spec: {ports: [{port: 80}]}')],
    '[{port: 80}]',
    '[{port: 80}, {port: 81}]',
    /each of its several ports must have a name/,
    'kubernetes.io, Service',
  ],
  [
    'a node port out of range',
    [object('v1', 'Service', 'spec: {type: NodePort, ports: [{port: 80, nodePort: 30080}]}')],
    '30080',
    '8080',
    /nodePort \(8080\) must be within 30000-32767/,
    'kubernetes.io, Service',
  ],
  [
    'a rollout that can replace no pod',
    [deployment('', 'strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0}},')],
    'maxSurge: 1',
    'maxSurge: 0',
    /must not both be 0/,
    'kubernetes.io, Deployments',
  ],
  [
    'a deadline below the time a pod must be ready',
    [deployment('', 'minReadySeconds: 5,')],
    'minReadySeconds: 5',
    'minReadySeconds: 600',
    /'progressDeadlineSeconds' \(600\) must exceed 'minReadySeconds' \(600\)/,
    'kubernetes.io, Deployments',
  ],
  [
    'a priority of the system',
    ['{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: high}, value: 1000}'],
    'value: 1000',
    'value: 2000000000',
    /'value' \(2000000000\) must be at most 1000000000/,
    'kubernetes.io, Pod Priority and Preemption',
  ],
  [
    'a project that forbids the kind',
    [application, project, web],
    'namespaceResourceWhitelist: [{group: "*", kind: "*"}]',
    'namespaceResourceWhitelist: [{group: "", kind: "*"}]',
    /Deployment shop\/web Argo CD does not sync it: AppProject shop\/web does not permit the kind Deployment/,
    projects,
  ],
  [
    'a project without the kind of a new object',
    [application, project],
    project,
    `${project}\n---\n{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: high}, value: 1}`,
    /PriorityClass high Argo CD does not sync it: .* does not permit the kind PriorityClass/,
    projects,
  ],
  [
    'a project without the namespace',
    [application, project, web],
    /namespace: shop}\],/,
    'namespace: web}],',
    /does not permit the namespace shop/,
    projects,
  ],
  [
    'a project without the repository',
    [application, project],
    'repoURL: "https://example.com/a.git"',
    'repoURL: "https://example.org/a.git"',
    /AppProject shop\/web does not permit the repository https:\/\/example.org\/a.git/,
    projects,
  ],
  [
    'an object of a version that is no longer served',
    [crd, object('example.com/v2', 'A', 'spec: {}')],
    '{name: v2, served: true}',
    '{name: v2, served: false}',
    /A shop\/web example.com\/v2 is no version that CustomResourceDefinition as.example.com serves/,
    'kubernetes.io, Versions in CustomResourceDefinitions',
  ],
];
