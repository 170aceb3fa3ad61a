import { object, type SourcedRow, workload } from '../../testing.ts';

const core = 'kubernetes v1.36.3 pkg/apis/core/v1/defaults.go';
const apps = 'kubernetes v1.36.3 pkg/apis/apps/v1/defaults.go';
const rbac = 'kubernetes v1.36.3 pkg/apis/rbac/v1/defaults.go';
const networking = 'kubernetes v1.36.3 pkg/apis/networking/v1/defaults.go';
const batch = 'kubernetes v1.36.3 pkg/apis/batch/v1/defaults.go';
const admission = 'kubernetes v1.36.3 pkg/apis/admissionregistration/v1/defaults.go';
const crds = 'kubernetes v1.36.3 staging apiextensions-apiserver/pkg/apis/apiextensions/v1/defaults.go';

export const of =
  (kind: string) =>
  (container = 'image: "a:1"', spec = '', pod = ''): string =>
    workload(kind, container, spec, pod);
const [deployment, set] = [of('Deployment'), of('StatefulSet')];
const service = (spec: string): string => object('v1', 'Service', `spec: {${spec}}`);
const policy = (spec: string): string => object('networking.k8s.io/v1', 'NetworkPolicy', `spec: {${spec}}`);
const binding = (rest: string): string => object('rbac.authorization.k8s.io/v1', 'RoleBinding', rest);
const cron = (spec: string): string => object('batch/v1', 'CronJob', `spec: {${spec}}`);
const webhook = (rest: string): string =>
  object(
    'admissionregistration.k8s.io/v1',
    'ValidatingWebhookConfiguration',
    `webhooks: [{name: a, ${rest}}]`,
  );
const crd = (spec: string): string =>
  `{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: a}, spec: {${spec}}}`;

/** The two are one object to the API server. */
export const same: readonly (readonly [name: string, without: string, written: string, source: string])[] = [
  [
    'type of a Secret',
    object('v1', 'Secret', 'data: {}'),
    object('v1', 'Secret', 'type: Opaque, data: {}'),
    core,
  ],
  [
    'fields of a Service',
    service('ports: [{port: 80}]'),
    service(
      'type: ClusterIP, sessionAffinity: None, internalTrafficPolicy: Cluster, ports: [{port: 80, protocol: TCP, targetPort: 80}]',
    ),
    core,
  ],
  [
    'externalTrafficPolicy',
    service('type: NodePort'),
    service('type: NodePort, externalTrafficPolicy: Cluster'),
    core,
  ],
  [
    'mode of a claim',
    object('v1', 'PersistentVolumeClaim', 'spec: {}'),
    object('v1', 'PersistentVolumeClaim', 'spec: {volumeMode: Filesystem}'),
    core,
  ],
  [
    'class of storage',
    object('storage.k8s.io/v1', 'StorageClass', 'provisioner: a'),
    object(
      'storage.k8s.io/v1',
      'StorageClass',
      'provisioner: a, reclaimPolicy: Delete, volumeBindingMode: Immediate',
    ),
    'kubernetes v1.36.3 pkg/apis/storage/v1/defaults.go',
  ],
  [
    'groups of a binding',
    binding(
      'roleRef: {kind: Role, name: a}, subjects: [{kind: ServiceAccount, name: a}, {kind: User, name: b}]',
    ),
    binding(
      'roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: a}, subjects: [{kind: ServiceAccount, name: a, apiGroup: ""}, {kind: User, name: b, apiGroup: rbac.authorization.k8s.io}]',
    ),
    rbac,
  ],
  ['types of a policy', policy('ingress: []'), policy('ingress: [], policyTypes: [Ingress]'), networking],
  [
    'types of a policy with egress',
    policy('egress: [{to: []}]'),
    policy('egress: [{to: []}], policyTypes: [Egress, Ingress]'),
    networking,
  ],
  [
    'protocol of a policy',
    policy('ingress: [{ports: [{port: 80}]}]'),
    policy('ingress: [{ports: [{port: 80, protocol: TCP}]}]'),
    networking,
  ],
  [
    'fields of a CronJob',
    cron('schedule: "* * * * *"'),
    cron(
      'schedule: "* * * * *", concurrencyPolicy: Allow, suspend: false, successfulJobsHistoryLimit: 3, failedJobsHistoryLimit: 1',
    ),
    batch,
  ],
  [
    'fields of a Job',
    object('batch/v1', 'Job', 'spec: {}'),
    object('batch/v1', 'Job', 'spec: {backoffLimit: 6, completionMode: NonIndexed, suspend: false}'),
    batch,
  ],
  [
    'fields of a webhook',
    webhook(''),
    webhook(
      'failurePolicy: Fail, matchPolicy: Equivalent, timeoutSeconds: 10, namespaceSelector: {}, objectSelector: {}',
    ),
    admission,
  ],
  [
    'names of a CRD',
    crd('names: {kind: Cat, plural: cats}'),
    crd('names: {kind: Cat, plural: cats, singular: cat, listKind: CatList}, conversion: {strategy: None}'),
    crds,
  ],
];

export const other: readonly SourcedRow[] = [
  [
    'another podManagementPolicy',
    set(),
    set(undefined, 'podManagementPolicy: Parallel,'),
    'recreate',
    /immutable/,
    apps,
  ],
  [
    'Always for a tag',
    deployment(),
    deployment('image: "a:1", imagePullPolicy: Always'),
    'config',
    /rolling restart/,
    core,
  ],
  [
    'a target port of another number',
    service('ports: [{port: 80}]'),
    service('ports: [{port: 80, targetPort: 8080}]'),
    'config',
    /how it is reached/,
    core,
  ],
  [
    'replicas, left to who scales',
    deployment(),
    deployment(undefined, 'replicas: 1,'),
    'scaling',
    /replicas/,
    'Kubernetes, HorizontalPodAutoscaler',
  ],
  [
    'every TCP port opened',
    policy('ingress: [{ports: [{port: 80}]}]'),
    policy('ingress: [{ports: [{port: 80}, {protocol: TCP}]}]'),
    'config',
    /which connections/,
    'kubernetes v1.36.3 staging/src/k8s.io/api/networking/v1/types.go NetworkPolicyPort.port: without it every port of the protocol',
  ],
  [
    'a policy that closes egress too',
    policy('egress: []'),
    policy('egress: [], policyTypes: [Ingress, Egress]'),
    'config',
    /which connections/,
    networking,
  ],
  [
    'a key that is null',
    object('v1', 'ConfigMap', 'data: {a: b}'),
    object('v1', 'ConfigMap', 'data: {a: b, c: null}'),
    'config',
    /no pod template/,
    'pkg.go.dev/encoding/json, Unmarshal: null has no effect on a string, which is ""',
  ],
];
