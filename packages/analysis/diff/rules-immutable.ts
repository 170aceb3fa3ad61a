import { type DesiredObject, valueAt } from '../../manifests/objects.ts';
import { compareQuantities } from '../../manifests/quantities.ts';
import type { Case, Rule } from './findings.ts';

const immutable = 'immutable: the API server refuses the change until the object is deleted';

/** @see https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/ */
const mutableInStatefulSet = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

/** All others are the source of the storage. @see ValidatePersistentVolumeUpdate in kubernetes/pkg/apis/core/validation */
const mutableInVolume = [
  'capacity',
  'accessModes',
  'claimRef',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'mountOptions',
  'volumeAttributesClassName',
];

/** Fields that the API server refuses to change, and those that storage hangs on. */
export const storageAndImmutable: readonly Rule[] = [
  // Storage
  {
    kinds: ['StatefulSet'],
    at: ['spec.volumeClaimTemplates'],
    rank: 'data-loss',
    reason: 'immutable: only a new StatefulSet with new claims can have it',
  },
  {
    kinds: ['StatefulSet'],
    at: ['spec.persistentVolumeClaimRetentionPolicy'],
    when: ({ leaf }) => leaf.after === 'Delete',
    rank: 'data-loss',
    reason: 'claims are deleted with the StatefulSet or its replicas',
  },
  {
    kinds: ['StatefulSet'],
    at: ['spec.replicas'],
    when: (one) => shrinks(one) && claimsGoWithReplicas(one),
    rank: 'data-loss',
    reason: "whenScaled is Delete: the stopped replicas' claims are deleted",
  },
  {
    kinds: ['PersistentVolumeClaim'],
    at: ['spec.resources.requests.storage'],
    when: (one) => shrinks(one) || one.leaf.after === undefined,
    rank: 'data-loss',
    reason: 'a volume cannot shrink: only a new, empty one can be smaller',
  },
  {
    kinds: ['PersistentVolumeClaim'],
    at: ['spec.resources.requests.storage'],
    when: (one) => rigidClassOf(one) !== undefined,
    rank: 'broken',
    reason: (one) =>
      `the API server refuses the growth: StorageClass ${rigidClassOf(one)?.name} does not say 'allowVolumeExpansion'`,
  },
  {
    kinds: ['PersistentVolumeClaim'],
    at: ['spec.resources', 'spec.volumeAttributesClassName'],
    rank: 'config',
    reason: 'the volume is modified in place where its class allows it',
  },
  {
    kinds: ['PersistentVolumeClaim'],
    at: ['spec'],
    rank: 'recreate',
    reason: 'immutable: only a new claim can have it, and the old volume goes with the old one',
  },
  {
    kinds: ['PersistentVolume'],
    at: ['spec.persistentVolumeReclaimPolicy'],
    when: ({ leaf }) => leaf.after !== 'Retain',
    rank: 'data-loss',
    reason: 'the storage is deleted when its claim is',
  },
  {
    kinds: ['PersistentVolume'],
    at: ['spec.capacity.storage'],
    when: shrinks,
    rank: 'data-loss',
    reason: 'a volume cannot shrink',
  },
  {
    kinds: ['PersistentVolume'],
    at: ['spec.nodeAffinity', 'spec.csi.controllerExpandSecretRef'],
    // What was not set may be set.
    when: ({ leaf }) => leaf.under !== leaf.path && leaf.before === undefined,
    rank: 'config',
    reason: 'applied in place',
  },
  {
    kinds: ['PersistentVolume'],
    at: ['spec'],
    when: ({ leaf }) => !mutableInVolume.includes(leaf.steps[1] ?? ''),
    rank: 'recreate',
    reason: immutable,
  },
  {
    kinds: ['Elasticsearch.elasticsearch.k8s.elastic.co'],
    at: ['spec.nodeSets.*.volumeClaimTemplates'],
    rank: 'recreate',
    reason: 'the operator refuses it in place: only a node set with another name can have it',
  },
  {
    kinds: ['StorageClass'],
    at: ['provisioner', 'parameters', 'reclaimPolicy', 'volumeBindingMode'],
    rank: 'recreate',
    reason: immutable,
  },

  // Immutable fields
  {
    kinds: ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'],
    at: ['spec.selector'],
    rank: 'recreate',
    reason: immutable,
  },
  { kinds: ['RoleBinding', 'ClusterRoleBinding'], at: ['roleRef'], rank: 'recreate', reason: immutable },
  { kinds: ['PriorityClass'], at: ['value', 'preemptionPolicy'], rank: 'recreate', reason: immutable },
  { kinds: ['IngressClass'], at: ['spec.controller'], rank: 'recreate', reason: immutable },
  { kinds: ['RuntimeClass'], at: ['handler'], rank: 'recreate', reason: immutable },
  { kinds: ['VolumeSnapshot'], at: ['spec.source'], rank: 'recreate', reason: immutable },
  { kinds: ['ResourceClaim', 'ResourceClaimTemplate'], at: ['spec'], rank: 'recreate', reason: immutable },
  { kinds: ['ClusterTrustBundle'], at: ['spec.signerName'], rank: 'recreate', reason: immutable },
  { kinds: ['ControllerRevision'], at: ['data'], rank: 'recreate', reason: immutable },
  { kinds: ['EndpointSlice'], at: ['addressType'], rank: 'recreate', reason: immutable },
  {
    kinds: ['CSIDriver'],
    at: ['spec.attachRequired', 'spec.volumeLifecycleModes'],
    rank: 'recreate',
    reason: immutable,
  },
  { kinds: ['VolumeAttributesClass'], at: ['driverName', 'parameters'], rank: 'recreate', reason: immutable },
  { kinds: ['ResourceQuota'], at: ['spec.scopes'], rank: 'recreate', reason: immutable },
  { kinds: ['Secret'], at: ['type'], rank: 'recreate', reason: immutable },
  {
    kinds: ['Service'],
    at: ['spec.clusterIP', 'spec.loadBalancerClass'],
    rank: 'recreate',
    reason: immutable,
  },
  {
    kinds: ['Service'],
    at: ['spec.clusterIPs', 'spec.ipFamilies'],
    // A second address may come and go.
    when: ({ leaf }) => leaf.path.endsWith('[0]'),
    rank: 'recreate',
    reason: immutable,
  },
  {
    kinds: ['StatefulSet'],
    at: ['spec'],
    when: ({ leaf }) => !mutableInStatefulSet.includes(leaf.steps[1] ?? ''),
    rank: 'recreate',
    reason: immutable,
  },
  {
    kinds: ['CustomResourceDefinition'],
    at: ['spec.scope', 'spec.group', 'spec.names.kind', 'spec.names.plural'],
    rank: 'recreate',
    reason: `${immutable}, and all its custom resources with it`,
  },
  {
    kinds: ['CustomResourceDefinition'],
    at: ['spec.versions.*.name'],
    when: ({ leaf }) => leaf.after === undefined,
    rank: 'prune',
    reason: 'a version that clients or stored objects may still use is removed',
  },
  {
    kinds: ['ConfigMap', 'Secret'],
    at: ['data', 'binaryData', 'stringData', 'immutable'],
    when: ({ before }) => before.fields.immutable === true,
    rank: 'recreate',
    reason: immutable,
  },
  {
    kinds: ['Job'],
    at: [
      'spec.template',
      'spec.selector',
      'spec.completions',
      'spec.completionMode',
      'spec.podFailurePolicy',
      'spec.successPolicy',
      'spec.backoffLimitPerIndex',
      'spec.managedBy',
    ],
    rank: 'recreate',
    reason: 'immutable: only a new Job, which runs again, can have it',
  },
];

function claimsGoWithReplicas({ after }: Case): boolean {
  return valueAt(after.fields, ['spec', 'persistentVolumeClaimRetentionPolicy', 'whenScaled']) === 'Delete';
}

function shrinks({ leaf }: Case): boolean {
  return (compareQuantities(leaf.after, leaf.before) ?? 0) < 0;
}

/** The class of a claim, where the head has it and it lets no volume grow. */
const rigidClassOf = ({ after, head }: Case): DesiredObject | undefined => {
  const name = valueAt(after.fields, ['spec', 'storageClassName']);
  return [...head.objects.values()].find(
    (one) =>
      one.kind === 'StorageClass' &&
      one.environment === after.environment &&
      one.name === name &&
      one.fields.allowVolumeExpansion !== true,
  );
};
