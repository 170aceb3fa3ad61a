import { entryOf } from './fields.ts';

/**
 * What a field is when it is left out, as the API server stores it or its controller takes it. `replicas` and
 * `minReplicas` are not among them: a manifest that leaves them out leaves them to the autoscaler.
 * @see https://github.com/kubernetes/kubernetes/blob/v1.36.3/pkg/apis/core/v1/defaults.go and its siblings of other groups
 * @see https://github.com/kubernetes/kubernetes/blob/master/api/openapi-spec/swagger.json
 */

type Siblings = Readonly<Record<string, unknown>>;
type Default = string | number | boolean | ((siblings: Siblings) => unknown);

/** Every field of a table, below a place. */
const below = (
  place: string,
  fields: Readonly<Record<string, Default>>,
): readonly (readonly [string, Default])[] =>
  Object.entries(fields).map(([field, value]) => [`${place}.${field}`, value]);

const RBAC = 'rbac.authorization.k8s.io';

const probe = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };
const handler = { 'httpGet.scheme': 'HTTP', 'httpGet.path': '/', 'grpc.service': '' };
const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'].flatMap((name) =>
  below(`<container>.${name}`, { ...probe, ...handler, initialDelaySeconds: 0 }),
);
const hooks = ['postStart', 'preStop'].flatMap((name) => below(`<container>.lifecycle.${name}`, handler));

const rolling = { 'rollingUpdate.maxSurge': '25%', 'rollingUpdate.maxUnavailable': '25%' };

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

/** `latest`, or neither a tag nor a digest, is pulled again. */
function pullPolicy({ image }: Siblings): string | undefined {
  if (typeof image !== 'string') return undefined;
  const [name = '', digest] = image.split('@');
  const tag = /:([^:/]+)$/.exec(name)?.[1] ?? (digest === undefined ? 'latest' : '');
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
}

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

/** @see pkg/apis/batch/v1/defaults.go */
const replacement = ({ podFailurePolicy }: Siblings): string =>
  podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed';
const jobs = {
  ...{ backoffLimit: 6, completionMode: 'NonIndexed', suspend: false, podReplacementPolicy: replacement },
  parallelism: 1,
  completions: ({ parallelism }: Siblings) => (parallelism === undefined ? 1 : undefined),
};

const pods = [
  ...below('<pod>', {
    restartPolicy: 'Always',
    dnsPolicy: 'ClusterFirst',
    schedulerName: 'default-scheduler',
    terminationGracePeriodSeconds: 30,
    enableServiceLinks: true,
    hostNetwork: false,
    hostPID: false,
    hostIPC: false,
    shareProcessNamespace: false,
    setHostnameAsFQDN: false,
    'tolerations.*.operator': 'Equal',
    'topologySpreadConstraints.*.nodeAffinityPolicy': 'Honor',
    'topologySpreadConstraints.*.nodeTaintsPolicy': 'Ignore',
    'topologySpreadConstraints.*.minDomains': 1,
    'volumes.*.secret.defaultMode': 0o644,
    'volumes.*.secret.optional': false,
    'volumes.*.configMap.defaultMode': 0o644,
    'volumes.*.configMap.optional': false,
    'volumes.*.projected.defaultMode': 0o644,
    'volumes.*.projected.sources.*.serviceAccountToken.expirationSeconds': 3600,
    'volumes.*.downwardAPI.defaultMode': 0o644,
    'volumes.*.hostPath.type': '',
    'volumes.*.persistentVolumeClaim.readOnly': false,
  }),
  ...below('<container>', {
    imagePullPolicy: pullPolicy,
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    stdin: false,
    stdinOnce: false,
    tty: false,
    'ports.*.protocol': 'TCP',
    'env.*.value': ({ valueFrom }) => (valueFrom === undefined ? '' : undefined),
    'env.*.valueFrom.fieldRef.apiVersion': 'v1',
    'env.*.valueFrom.resourceFieldRef.divisor': '0',
    'env.*.valueFrom.secretKeyRef.optional': false,
    'env.*.valueFrom.configMapKeyRef.optional': false,
    'volumeMounts.*.readOnly': false,
    'volumeMounts.*.mountPropagation': 'None',
    'volumeMounts.*.subPath': '',
    'securityContext.privileged': false,
    'securityContext.readOnlyRootFilesystem': false,
    'securityContext.procMount': 'Default',
  }),
  ...probes,
  ...hooks,
];

const workloads = [
  ...below('Deployment.spec', {
    paused: false,
    minReadySeconds: 0,
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
    'strategy.type': 'RollingUpdate',
  }),
  ...below('Deployment.spec.strategy', rolling),
  ...below('StatefulSet.spec', {
    minReadySeconds: 0,
    revisionHistoryLimit: 10,
    podManagementPolicy: 'OrderedReady',
    serviceName: '',
    'updateStrategy.type': 'RollingUpdate',
    'updateStrategy.rollingUpdate.partition': 0,
    'persistentVolumeClaimRetentionPolicy.whenDeleted': 'Retain',
    'persistentVolumeClaimRetentionPolicy.whenScaled': 'Retain',
    'ordinals.start': 0,
    'volumeClaimTemplates.*.apiVersion': 'v1',
    'volumeClaimTemplates.*.kind': 'PersistentVolumeClaim',
  }),
  ...below('DaemonSet.spec', {
    minReadySeconds: 0,
    revisionHistoryLimit: 10,
    'updateStrategy.type': 'RollingUpdate',
    'updateStrategy.rollingUpdate.maxUnavailable': 1,
    'updateStrategy.rollingUpdate.maxSurge': 0,
  }),
  ...below('CronJob.spec', {
    concurrencyPolicy: 'Allow',
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
  }),
  ...['Job.spec', 'CronJob.spec.jobTemplate.spec'].flatMap((place) => below(place, jobs)),
];

const objects = [
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

const isExternal = (type: unknown): boolean => type === 'LoadBalancer' || type === 'NodePort';

/**
 * @see https://github.com/argoproj/argo-rollouts/blob/v1.9.2/utils/defaults/defaults.go
 * @see https://keda.sh/docs/latest/reference/scaledobject-spec/
 * @see https://gateway-api.sigs.k8s.io/reference/spec/
 * @see https://external-secrets.io/latest/api/externalsecret/
 */
const customResources = [
  ...below('Application.argoproj.io.spec', {
    'source.directory.recurse': false,
    'sources.*.directory.recurse': false,
  }),
  ...below('Rollout.argoproj.io.spec', {
    paused: false,
    minReadySeconds: 0,
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
    'strategy.canary.maxSurge': '25%',
    'strategy.canary.maxUnavailable': '25%',
    'strategy.blueGreen.autoPromotionEnabled': true,
  }),
  ...below('ScaledObject.keda.sh.spec', {
    pollingInterval: 30,
    cooldownPeriod: 300,
    minReplicaCount: 0,
    maxReplicaCount: 100,
    'scaleTargetRef.apiVersion': 'apps/v1',
    'scaleTargetRef.kind': 'Deployment',
  }),
  ...['HTTPRoute', 'GRPCRoute'].flatMap((kind) =>
    below(`${kind}.spec`, {
      'parentRefs.*.group': 'gateway.networking.k8s.io',
      'parentRefs.*.kind': 'Gateway',
      'rules.*.backendRefs.*.group': '',
      'rules.*.backendRefs.*.kind': 'Service',
      'rules.*.backendRefs.*.weight': 1,
      'rules.*.matches.*.path.type': 'PathPrefix',
      'rules.*.matches.*.path.value': '/',
    }),
  ),
  ...below('Certificate.cert-manager.io.spec', {
    'issuerRef.kind': 'Issuer',
    'issuerRef.group': 'cert-manager.io',
  }),
  ...below('ExternalSecret.external-secrets.io.spec', {
    'secretStoreRef.kind': 'SecretStore',
    'target.creationPolicy': 'Owner',
    'target.deletionPolicy': 'Retain',
    'data.*.remoteRef.conversionStrategy': 'Default',
    'data.*.remoteRef.decodingStrategy': 'None',
    'data.*.remoteRef.metadataPolicy': 'None',
  }),
];

const defaults: ReadonlyMap<string, Default> = new Map([
  ...pods,
  ...workloads,
  ...objects,
  ...customResources,
]);

/** What a field, named by the place it stands in and its key, is where it is left out beside these; undefined where no default is known. */
export function defaultAt(place: string, siblings: Siblings): unknown {
  const value = defaults.get(place);
  return typeof value === 'function' ? value(siblings) : value;
}

/** Fields that a kind of Kubernetes' own has at its top; another segment there is the group of a custom resource. */
const TYPED =
  /^(<|[A-Z]\w*\.(spec|status|type|immutable|rules|roleRef|subjects|webhooks|ports|provisioner|parameters|value)\b)/;

/** Fields of any name whose values are texts: there the API server reads null as a text, not as an absent field. */
const TEXTS = /^(<metadata>\.(labels|annotations)|<selector>\.matchLabels|StorageClass\.parameters)\./;

/**
 * Whether null at a place is the same as leaving the field out. A field of a custom resource may be nullable, and in
 * a document or the values of a chart null may remove a value.
 */
export const nullIsAbsent = (place: string): boolean => TYPED.test(place) && !TEXTS.test(place);
