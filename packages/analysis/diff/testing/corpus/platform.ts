import { object, type SourcedRow } from '../../testing.ts';

export const change = (apiVersion: string, kind: string, before: string, after: string): [string, string] => [
  object(apiVersion, kind, before),
  object(apiVersion, kind, after),
];
const spec = (apiVersion: string, kind: string, before: string, after: string): [string, string] =>
  change(apiVersion, kind, `spec: {${before}}`, `spec: {${after}}`);
const application = (before: string, after: string): [string, string] =>
  spec('argoproj.io/v1alpha1', 'Application', before, after);
const nodePool = (before: string, after: string): [string, string] =>
  spec('karpenter.sh/v1', 'NodePool', before, after);
const annotated = (kind: string): [string, string] => [
  object('v1', kind, 'a: 1'),
  object('v1', kind, 'a: 1', 'annotations: {role: b}'),
];

const API = 'kubernetes v1.36.3 staging/src/k8s.io/api';
const VALIDATION = 'kubernetes v1.36.3 pkg/apis';
const argo = 'Argo CD v3.5.7 docs';
const charts = `${argo}/user-guide/helm.md: a chart is rendered by Argo CD, its objects are not in git`;
const pruning = `${argo}/user-guide/auto_sync.md: "Automatic Pruning"`;
const karpenter = 'karpenter.sh, Disruption and NodePools';
const quantities = 'kubernetes v1.36.3 apimachinery pkg/api/resource Quantity: canonical form';
const conventions = 'Kubernetes API conventions, "Types (Kinds)": a kind is one of its group';
const lists = 'kubernetes.io, Server-Side Apply: a list without a type is atomic';

export const rows: readonly SourcedRow[] = [
  [
    'another chart version',
    ...application('source: {targetRevision: 1.0.0}', 'source: {targetRevision: 2.0.0}'),
    'config',
    /not in dist/,
    charts,
  ],
  [
    'other values of a chart',
    ...application('source: {helm: {valuesObject: {a: 1}}}', 'source: {helm: {valuesObject: {a: 2}}}'),
    'config',
    /not in dist/,
    charts,
  ],
  [
    'another chart',
    ...application('source: {chart: a}', 'source: {chart: b}'),
    'prune',
    /only the old source/,
    pruning,
  ],
  [
    'another of several sources',
    ...application('sources: [{repoURL: a}]', 'sources: [{repoURL: b}]'),
    'prune',
    /only the old source/,
    pruning,
  ],
  [
    'another namespace',
    ...application('destination: {namespace: a}', 'destination: {namespace: b}'),
    'prune',
    /without a namespace of their own/,
    `${argo}/operator-manual/declarative-setup.md: "Applications": destination`,
  ],
  [
    'options in another order',
    ...application('syncPolicy: {syncOptions: [a, b]}', 'syncPolicy: {syncOptions: [b, a]}'),
    undefined,
    /^$/,
    `${argo}/user-guide/sync-options.md`,
  ],
  [
    'an Application that takes its objects along',
    object('argoproj.io/v1alpha1', 'Application', 'spec: {}'),
    object(
      'argoproj.io/v1alpha1',
      'Application',
      'spec: {}',
      'finalizers: [resources-finalizer.argocd.argoproj.io]',
    ),
    'config',
    /whether its objects go/,
    `${argo}/user-guide/app_deletion.md: "About The Deletion Finalizer"`,
  ],
  [
    'a project that allows less',
    ...spec('argoproj.io/v1alpha1', 'AppProject', 'sourceRepos: [a, b]', 'sourceRepos: [b]'),
    'config',
    /may sync/,
    `${argo}/user-guide/projects.md: "Managing Projects"`,
  ],
  [
    'more nodes',
    ...nodePool('limits: {cpu: 10}', 'limits: {cpu: 20}'),
    'scaling',
    /how many nodes/,
    `${karpenter}: spec.limits`,
  ],
  ['as many nodes', ...nodePool('limits: {cpu: 10}', 'limits: {cpu: 10000m}'), undefined, /^$/, quantities],
  [
    'other nodes',
    ...nodePool('template: {spec: {a: 1}}', 'template: {spec: {a: 2}}'),
    'config',
    /drift/,
    `${karpenter}: "Drift"`,
  ],
  [
    'a role of an account',
    ...annotated('ServiceAccount'),
    'config',
    /controller/,
    'docs.aws.amazon.com, EKS: "Assign IAM roles to Kubernetes service accounts": the annotation eks.amazonaws.com/role-arn',
  ],
  [
    'an annotation of a ConfigMap',
    ...annotated('ConfigMap'),
    'metadata',
    /annotation/,
    'kubernetes.io, Annotations: non-identifying metadata for clients',
  ],
  [
    'a class of another controller',
    ...spec('networking.k8s.io/v1', 'IngressClass', 'controller: a', 'controller: b'),
    'recreate',
    /immutable/,
    `${VALIDATION}/networking/validation ValidateIngressClassUpdate`,
  ],
  [
    'a quota of another scope',
    ...spec('v1', 'ResourceQuota', 'scopes: [Terminating]', 'scopes: [BestEffort]'),
    'recreate',
    /immutable/,
    `${VALIDATION}/core/validation ValidateResourceQuotaUpdate`,
  ],
  [
    'a quota of the same size',
    ...spec('v1', 'ResourceQuota', 'hard: {cpu: 2}', 'hard: {cpu: 2000m}'),
    undefined,
    /^$/,
    quantities,
  ],
  [
    'another load balancer',
    ...spec('v1', 'Service', 'loadBalancerClass: a', 'loadBalancerClass: b'),
    'recreate',
    /immutable/,
    `${VALIDATION}/core/validation validateLoadBalancerClassField`,
  ],
  [
    'another family of addresses',
    ...spec('v1', 'Service', 'ipFamilies: [IPv4]', 'ipFamilies: [IPv6]'),
    'recreate',
    /immutable/,
    `${VALIDATION}/core/validation validateUpgradeDowngradeIPFamilies`,
  ],
  [
    'a second family of addresses',
    ...spec('v1', 'Service', 'ipFamilies: [IPv4]', 'ipFamilies: [IPv4, IPv6]'),
    'config',
    /in place/,
    `${VALIDATION}/core/validation validateUpgradeDowngradeIPFamilies`,
  ],
  [
    'smaller storage',
    ...spec('v1', 'PersistentVolume', 'capacity: {storage: 2Gi}', 'capacity: {storage: 1Gi}'),
    'data-loss',
    /shrink/,
    'kubernetes.io, Persistent Volumes: "Expanding Persistent Volumes Claims": a volume only grows',
  ],
  [
    'another source of a Secret',
    ...spec('external-secrets.io/v1', 'ExternalSecret', 'data: [{secretKey: a}]', 'data: [{secretKey: b}]'),
    'config',
    /where a Secret comes from/,
    'external-secrets.io, API: ExternalSecret spec.data',
  ],
  [
    'another port to measure',
    ...spec('monitoring.coreos.com/v1', 'ServiceMonitor', 'endpoints: [{port: a}]', 'endpoints: [{port: b}]'),
    'config',
    /what is measured/,
    'prometheus-operator.dev, API reference: ServiceMonitor, Endpoint.port',
  ],
  [
    'storage of an Elasticsearch',
    ...spec(
      'elasticsearch.k8s.elastic.co/v1',
      'Elasticsearch',
      'nodeSets: [{volumeClaimTemplates: [{spec: {a: 1}}]}]',
      'nodeSets: [{volumeClaimTemplates: [{spec: {a: 2}}]}]',
    ),
    'recreate',
    /node set/,
    'elastic.co, ECK: "Volume claim templates": "Updating the volume claim settings"',
  ],
  [
    'pods of a ReplicaSet',
    ...spec('apps/v1', 'ReplicaSet', 'template: {spec: {a: 1}}', 'template: {spec: {a: 2}}'),
    'config',
    /new pods only/,
    'kubernetes.io, ReplicaSet: "Isolating Pods from a ReplicaSet" and "Deleting just a ReplicaSet": existing pods keep their template',
  ],
  [
    'how a Job completes',
    ...spec('batch/v1', 'Job', 'completionMode: Indexed', 'completionMode: NonIndexed'),
    'recreate',
    /new Job/,
    `${VALIDATION}/batch/validation ValidateJobSpecUpdate`,
  ],
  [
    'a Secret that cannot change',
    ...change('v1', 'Secret', 'immutable: true, data: {a: YQ==}', 'immutable: true, data: {a: Yg==}'),
    'recreate',
    /immutable/,
    `${VALIDATION}/core/validation ValidateSecretUpdate`,
  ],
  [
    'a kind of another group that is called like one of Kubernetes',
    ...spec('example.com/v1', 'StatefulSet', 'serviceName: a', 'serviceName: b'),
    'config',
    /in place/,
    conventions,
  ],
  [
    'a list of unknown order',
    ...spec('example.com/v1', 'Thing', 'ports: [{name: a}, {name: b}]', 'ports: [{name: b}, {name: a}]'),
    'config',
    /in place/,
    lists,
  ],
  [
    'a list with one name twice',
    ...spec(
      'v1',
      'Service',
      'ports: [{port: 1, a: 1}, {port: 1, a: 2}]',
      'ports: [{port: 1, a: 2}, {port: 1, a: 1}]',
    ),
    'config',
    /in place/,
    `${API}/core/v1/types.go ServiceSpec.ports: a map has each key once`,
  ],
  [
    'a list that became a map',
    ...spec('v1', 'Service', 'ports: [{port: 1}]', 'ports: {port: 1}'),
    'config',
    /in place/,
    `${API}/core/v1/types.go ServiceSpec.ports`,
  ],
  [
    'a value that became nothing',
    ...spec('v1', 'Service', 'type: LoadBalancer', 'type: null'),
    'config',
    /in place/,
    'Kubernetes API conventions, "Optional vs. Required": null is an optional field that is not set',
  ],
  [
    'a label called like a method',
    ...change('v1', 'ConfigMap', 'data: {}', 'data: {constructor: a}'),
    'config',
    /no pod template/,
    'ECMA-262, OrdinaryGet: a name that an object inherits',
  ],
];
