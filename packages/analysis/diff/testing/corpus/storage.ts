import { object, type SourcedRow } from '../../testing.ts';

const set = (spec: string): string => object('apps/v1', 'StatefulSet', `spec: {${spec}}`);
const claims = (size: string): string =>
  `volumeClaimTemplates: [{metadata: {name: data}, spec: {resources: {requests: {storage: ${size}}}}}]`;
export const claim = (size: string, rest = ''): string =>
  object('v1', 'PersistentVolumeClaim', `spec: {resources: {requests: {storage: ${size}}}, ${rest}}`);
const retention = (whenScaled: string): string =>
  `persistentVolumeClaimRetentionPolicy: {whenDeleted: Retain, whenScaled: ${whenScaled}}`;
export const volume = (spec: string): string => object('v1', 'PersistentVolume', `spec: {${spec}}`);
export const namespace = '{apiVersion: v1, kind: Namespace, metadata: {name: shop}}';
const crd = (spec: string): string =>
  object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', `spec: {${spec}}`);
const elastic = object('elasticsearch.k8s.elastic.co/v1', 'Elasticsearch', 'spec: {}');
export const application = (metadata = '', spec = 'source: {path: dist/local/shop}'): string =>
  object('argoproj.io/v1alpha1', 'Application', `spec: {${spec}}`, metadata);
export const cascade = 'finalizers: [resources-finalizer.argocd.argoproj.io]';

const VALIDATION = 'kubernetes v1.36.3 pkg/apis';
const docs = 'kubernetes.io';
const volumes = `${docs}, Persistent Volumes`;
const size = `${VALIDATION}/core/validation ValidatePersistentVolumeClaimUpdate`;
const sets = `${VALIDATION}/apps/validation ValidateStatefulSetUpdate`;
const retained = `${docs}, StatefulSets: "PersistentVolumeClaim retention"`;
const argo = 'Argo CD v3.5.7 docs/user-guide';

export const rows: readonly SourcedRow[] = [
  ['a claim removed', claim('1Gi'), '', 'data-loss', /volume goes with its claim/, `${volumes}`],
  [
    'a claim renamed',
    claim('1Gi'),
    claim('1Gi').replace('name: web', 'name: data'),
    'data-loss',
    /removed/,
    `${volumes}`,
  ],
  [
    'a claim grown',
    claim('1Gi'),
    claim('2Gi'),
    'config',
    /in place/,
    `${volumes}: "Expanding Persistent Volumes Claims"`,
  ],
  ['a claim shrunk', claim('1Gi'), claim('1000Mi'), 'data-loss', /cannot shrink/, size],
  [
    'a claim of the same size',
    claim('1Gi'),
    claim('1024Mi'),
    undefined,
    /^$/,
    'kubernetes v1.36.3 apimachinery pkg/api/resource Quantity: canonical form',
  ],
  [
    'a claim of another class',
    claim('1Gi'),
    claim('1Gi', 'storageClassName: fast'),
    'recreate',
    /immutable/,
    size,
  ],
  [
    'access modes in another order',
    claim('1Gi', 'accessModes: [ReadWriteOnce, ReadOnlyMany]'),
    claim('1Gi', 'accessModes: [ReadOnlyMany, ReadWriteOnce]'),
    undefined,
    /^$/,
    'kubernetes v1.36.3 pkg/apis/core/v1/helper GetAccessModesAsString: one text, whatever the order',
  ],
  ['claim templates grown', set(claims('1Gi')), set(claims('2Gi')), 'data-loss', /immutable/, sets],
  [
    'claim templates of the same size',
    set(claims('1Gi')),
    set(claims('1024Mi')),
    undefined,
    /^$/,
    'kubernetes v1.36.3 apimachinery pkg/api/resource Quantity: canonical form',
  ],
  ['claim templates dropped', set(claims('1Gi')), set(''), 'data-loss', /immutable/, sets],
  ['a StatefulSet with claims removed', set(claims('1Gi')), '', 'data-loss', /its volumes/, retained],
  [
    'a StatefulSet without claims removed',
    set(''),
    '',
    'prune',
    /deletes it/,
    `${argo}/auto_sync.md: "Automatic Pruning"`,
  ],
  [
    'claims deleted on scale-in',
    set(retention('Retain')),
    set(retention('Delete')),
    'data-loss',
    /claims/,
    retained,
  ],
  [
    'fewer replicas, whose claims are deleted',
    set(`replicas: 3, ${retention('Delete')}`),
    set(`replicas: 2, ${retention('Delete')}`),
    'data-loss',
    /whenScaled/,
    retained,
  ],
  [
    'fewer replicas, whose claims stay',
    set(`replicas: 3, ${retention('Retain')}`),
    set(`replicas: 2, ${retention('Retain')}`),
    'scaling',
    /replicas of StatefulSet/,
    retained,
  ],
  [
    'another service of a StatefulSet',
    set('serviceName: a'),
    set('serviceName: b'),
    'recreate',
    /immutable/,
    sets,
  ],
  [
    'another strategy of a StatefulSet',
    set('updateStrategy: {type: OnDelete}'),
    set(''),
    'config',
    /in place/,
    sets,
  ],
  [
    'storage that goes with its claim',
    volume('persistentVolumeReclaimPolicy: Retain'),
    volume('persistentVolumeReclaimPolicy: Delete'),
    'data-loss',
    /storage is deleted/,
    `${volumes}`,
  ],
  [
    'storage that outlives its claim',
    volume('persistentVolumeReclaimPolicy: Delete'),
    volume('persistentVolumeReclaimPolicy: Retain'),
    'config',
    /in place/,
    `${volumes}`,
  ],
  [
    'another disk',
    volume('csi: {volumeHandle: a}'),
    volume('csi: {volumeHandle: b}'),
    'recreate',
    /immutable/,
    `${VALIDATION}/core/validation ValidatePersistentVolumeUpdate`,
  ],
  [
    'a Namespace removed',
    namespace,
    '',
    'data-loss',
    /everything in the namespace/,
    `${docs}, Namespaces Walkthrough: deleting one deletes everything in it`,
  ],
  [
    'a definition removed',
    crd('scope: Namespaced'),
    '',
    'data-loss',
    /custom resources/,
    `${docs}, CustomResourceDefinitions`,
  ],
  [
    'a definition of another scope',
    crd('scope: Namespaced'),
    crd('scope: Cluster'),
    'recreate',
    /immutable/,
    'kubernetes v1.36.3 staging apiextensions-apiserver/pkg/apis/apiextensions/validation: ValidateImmutableField(spec.Scope)',
  ],
  [
    'a version of a definition removed',
    crd('versions: [{name: v1}, {name: v1beta1}]'),
    crd('versions: [{name: v1}]'),
    'prune',
    /version/,
    `${docs}, Versions in CustomResourceDefinitions`,
  ],
  [
    'an Elasticsearch removed',
    elastic,
    '',
    'data-loss',
    /deletes its volumes/,
    'elastic.co, ECK: "Volume claim templates": volumeClaimDeletePolicy is DeleteOnScaledownAndClusterDeletion',
  ],
  [
    'storage of another kind',
    object('storage.k8s.io/v1', 'StorageClass', 'parameters: {type: gp2}'),
    object('storage.k8s.io/v1', 'StorageClass', 'parameters: {type: gp3}'),
    'recreate',
    /immutable/,
    `${VALIDATION}/storage/validation ValidateStorageClassUpdate`,
  ],
  ['an Application removed', application(), '', 'prune', /no Application manages/, `${argo}/app_deletion.md`],
  [
    'an Application removed with its objects',
    application(cascade),
    '',
    'prune',
    /deletes its 0|deletes everything/,
    `${argo}/app_deletion.md: "About The Deletion Finalizer"`,
  ],
  [
    'an Application that syncs another folder',
    application(),
    application('', 'source: {repoURL: "https://example.com/b", path: dist/local/shop}'),
    'prune',
    /only the old source/,
    `${argo}/auto_sync.md: "Automatic Pruning"`,
  ],
  [
    'an Application that may become empty',
    application('', 'syncPolicy: {automated: {allowEmpty: false}}'),
    application('', 'syncPolicy: {automated: {allowEmpty: true}}'),
    'config',
    /prune everything/,
    `${argo}/auto_sync.md: "Automatic Pruning with Allow-Empty (v1.8)"`,
  ],
];
