import { entryOf } from '../fields.ts';
import { below, type Defaults, type Siblings } from './workloads.ts';

const RBAC = 'rbac.authorization.k8s.io';

const SUBJECT_GROUPS: Readonly<Record<string, string>> = { ServiceAccount: '', User: RBAC, Group: RBAC };

const subject = (kind: string) =>
  below(kind, {
    'roleRef.apiGroup': RBAC,
    'subjects.*.apiGroup': ({ kind }) => entryOf(SUBJECT_GROUPS, String(kind)),
  });

const webhook = (kind: string) =>
  below(`${kind}.webhooks.*`, {
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    timeoutSeconds: 10,
    reinvocationPolicy: 'Never',
    'rules.*.scope': '*',
    'clientConfig.service.port': 443,
    namespaceSelector: () => ({}),
    objectSelector: () => ({}),
  });

/** Egress only where there is a rule for it. */
const policyTypes = ({ egress }: Siblings): string[] =>
  Array.isArray(egress) && egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];

/** A headless Service's and an ExternalName's ports are what they are as well. */
const targetPort = ({ port }: Siblings): unknown => port;

/** Both behaviours are filled in where there is one. @see pkg/apis/autoscaling/v2/defaults.go */
const behavior = (direction: string, policies: readonly object[]) =>
  below(`HorizontalPodAutoscaler.spec.behavior.${direction}`, {
    selectPolicy: 'Max',
    policies: () => policies,
  });

const allAtOnce = { type: 'Percent', value: 100, periodSeconds: 15 };
const fourPods = { type: 'Pods', value: 4, periodSeconds: 15 };

/** Limits are their own defaults, and requests those. @see SetDefaults_LimitRangeItem in pkg/apis/core/v1/defaults.go */
const limitOf = ({ type, max }: Siblings): unknown => (type === 'Container' ? max : undefined);
const requestOf = ({ type, min, max, default: limit }: Siblings): unknown =>
  type === 'Container' && [min, max, limit].some((one) => one !== undefined)
    ? Object.assign({}, min, max, limit)
    : undefined;

const isExternal = (type: unknown): boolean => type === 'LoadBalancer' || type === 'NodePort';

/** Of the other objects of Kubernetes itself. */
export const objectDefaults: Defaults = [
  ...below('<claim>', { volumeMode: 'Filesystem' }),
  ...below('PersistentVolume.spec', { volumeMode: 'Filesystem', persistentVolumeReclaimPolicy: 'Retain' }),
  ...below('StorageClass', {
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'Immediate',
    allowVolumeExpansion: false,
  }),
  ...below('Secret', { type: 'Opaque', immutable: false }),
  ...below('ConfigMap', { immutable: false }),
  ...below('Service.spec', {
    type: 'ClusterIP',
    sessionAffinity: 'None',
    internalTrafficPolicy: ({ type }) => (type === 'ExternalName' ? undefined : 'Cluster'),
    publishNotReadyAddresses: false,
    'ports.*.protocol': 'TCP',
    'ports.*.targetPort': targetPort,
    'sessionAffinityConfig.clientIP.timeoutSeconds': 10800,
    externalTrafficPolicy: ({ type }) => (isExternal(type) ? 'Cluster' : undefined),
    allocateLoadBalancerNodePorts: ({ type }) => (type === 'LoadBalancer' ? true : undefined),
  }),
  ...below('NetworkPolicy.spec', {
    policyTypes,
    'ingress.*.ports.*.protocol': 'TCP',
    'egress.*.ports.*.protocol': 'TCP',
  }),
  ...below('EndpointSlice', { 'ports.*.protocol': 'TCP', 'ports.*.name': '' }),
  ...subject('RoleBinding'),
  ...subject('ClusterRoleBinding'),
  ...webhook('ValidatingWebhookConfiguration'),
  ...webhook('MutatingWebhookConfiguration'),
  ...below('ValidatingAdmissionPolicy.spec', {
    failurePolicy: 'Fail',
    'matchConstraints.matchPolicy': 'Equivalent',
    'matchConstraints.namespaceSelector': () => ({}),
    'matchConstraints.objectSelector': () => ({}),
    'matchConstraints.resourceRules.*.scope': '*',
  }),
  ...behavior('scaleUp', [fourPods, allAtOnce]),
  ...below('HorizontalPodAutoscaler.spec.behavior.scaleUp', { stabilizationWindowSeconds: 0 }),
  ...behavior('scaleDown', [allAtOnce]),
  ...below('LimitRange.spec.limits.*', { default: limitOf, defaultRequest: requestOf }),
  ...below('FlowSchema.spec', { matchingPrecedence: 1000 }),
  ...below('PriorityClass', { preemptionPolicy: 'PreemptLowerPriority', globalDefault: false }),
  ...below('PodDisruptionBudget.spec', { unhealthyPodEvictionPolicy: 'IfHealthyBudget' }),
  ...below('CustomResourceDefinition.spec', {
    'conversion.strategy': 'None',
    preserveUnknownFields: false,
    'versions.*.deprecated': false,
    'names.singular': ({ kind }) => (typeof kind === 'string' ? kind.toLowerCase() : undefined),
    'names.listKind': ({ kind }) => (typeof kind === 'string' ? `${kind}List` : undefined),
  }),
];
