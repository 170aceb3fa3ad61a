/**
 * What Kubernetes' OpenAPI says of fields, as far as a comparison needs it: which lists are maps or sets, which
 * strings are quantities, where nothing and an empty value are the same.
 *
 * A place is a path with list elements as '*', in which a pod's spec is '<pod>', a container '<container>', a
 * claim's spec '<claim>', metadata '<metadata>' and a label selector '<selector>', wherever they stand.
 * @see https://github.com/kubernetes/kubernetes/blob/master/api/openapi-spec/swagger.json
 */

/** How the elements of a list find each other. */
export type ListShape =
  /** Elements are identified by these fields (dotted; `a|b`: whichever is there); the order means nothing unless declared. */
  | { readonly kind: 'map'; readonly keys: readonly string[]; readonly ordered?: true }
  | { readonly kind: 'set' }
  | { readonly kind: 'list' };

const by = (...keys: string[]) => ({ kind: 'map', keys }) as const satisfies ListShape;
const set: ListShape = { kind: 'set' };
const list: ListShape = { kind: 'list' };

const named = by('name');
const lists: Readonly<Record<string, ListShape>> = {
  '<metadata>.finalizers': set,
  '<metadata>.ownerReferences': by('uid'),
  '<selector>.matchExpressions': set,
  '<selector>.matchExpressions.*.values': set,
  '<selector>.matchNames': set,

  '<pod>.containers': named,
  // They run one after the other.
  '<pod>.initContainers': { kind: 'map', keys: ['name'], ordered: true },
  '<pod>.volumes': named,
  '<pod>.imagePullSecrets': named,
  '<pod>.hostAliases': by('ip'),
  '<pod>.resourceClaims': named,
  '<pod>.schedulingGates': named,
  '<pod>.tolerations': set,
  '<pod>.topologySpreadConstraints': by('topologyKey', 'whenUnsatisfiable'),
  '<pod>.volumes.*.configMap.items': by('key', 'path'),
  '<pod>.volumes.*.secret.items': by('key', 'path'),
  '<container>.env': named,
  '<container>.ports': by('containerPort', 'protocol'),
  '<container>.volumeMounts': by('mountPath'),
  '<container>.volumeDevices': by('devicePath'),
  '<container>.resources.claims': named,
  '<container>.securityContext.capabilities.add': set,
  '<container>.securityContext.capabilities.drop': set,
  '<claim>.accessModes': set,

  'Service.spec.ports': by('port', 'protocol'),
  'StatefulSet.spec.volumeClaimTemplates': by('metadata.name'),
  'ServiceAccount.secrets': named,
  'ServiceAccount.imagePullSecrets': named,
  'PersistentVolume.spec.accessModes': set,
  'ResourceQuota.spec.scopes': set,
  'LimitRange.spec.limits': by('type'),
  'Role.rules': set,
  'ClusterRole.rules': set,
  'RoleBinding.subjects': set,
  'ClusterRoleBinding.subjects': set,
  'NetworkPolicy.spec.policyTypes': set,
  'NetworkPolicy.spec.ingress': set,
  'NetworkPolicy.spec.ingress.*.from': set,
  'NetworkPolicy.spec.ingress.*.ports': set,
  'NetworkPolicy.spec.egress': set,
  'NetworkPolicy.spec.egress.*.to': set,
  'NetworkPolicy.spec.egress.*.ports': set,
  'HorizontalPodAutoscaler.spec.metrics': set,
  'HorizontalPodAutoscaler.spec.behavior.scaleUp.policies': set,
  'HorizontalPodAutoscaler.spec.behavior.scaleDown.policies': set,
  'Ingress.spec.tls': set,
  'Ingress.spec.tls.*.hosts': set,
  'CustomResourceDefinition.spec.versions': named,
  'ValidatingWebhookConfiguration.webhooks': named,
  'MutatingWebhookConfiguration.webhooks': named,

  'AnalysisTemplate.argoproj.io.spec.args': named,
  'AnalysisTemplate.argoproj.io.spec.metrics': named,
  'DestinationRule.networking.istio.io.spec.subsets': named,
  'TraefikService.traefik.io.spec.weighted.services': named,
  'PrometheusRule.monitoring.coreos.com.spec.groups': named,
  // They are evaluated one after the other: an alert may read what a record before it wrote.
  'PrometheusRule.monitoring.coreos.com.spec.groups.*.rules': { ...by('alert|record'), ordered: true },
  'ServiceMonitor.monitoring.coreos.com.spec.endpoints': set,
  'PodMonitor.monitoring.coreos.com.spec.podMetricsEndpoints': set,
  'ExternalSecret.external-secrets.io.spec.data': by('secretKey'),
  'NodePool.karpenter.sh.spec.template.spec.requirements': set,
  'NodePool.karpenter.sh.spec.template.spec.taints': set,
  'Application.argoproj.io.spec.syncPolicy.syncOptions': set,
  'Application.argoproj.io.spec.ignoreDifferences': set,
  'AppProject.argoproj.io.spec.sourceRepos': set,
  'AppProject.argoproj.io.spec.destinations': set,
  'AppProject.argoproj.io.spec.clusterResourceWhitelist': set,
  'AppProject.argoproj.io.spec.namespaceResourceWhitelist': set,

  // Where a panel stands is in its gridPos; a row that is closed holds its panels.
  'dashboard/panels': by('id'),
  'dashboard/panels/*/panels': by('id'),
  'dashboard/panels/*/targets': { ...by('refId'), ordered: true },
  'dashboard/panels/*/panels/*/targets': { ...by('refId'), ordered: true },
  'dashboard/templating/list': { ...by('name'), ordered: true },
  'dashboard/annotations/list': { ...by('name'), ordered: true },
};

const ruleSets = /^(Cluster)?Role\.rules\.\*\.(apiGroups|resources|resourceNames|verbs|nonResourceURLs)$/;

/** What the list at a place is; an unknown one is ordered, so that nothing is overlooked. */
export const listShape = (place: string): ListShape => lists[place] ?? (ruleSets.test(place) ? set : list);

/** What a merge key is when it is left out. */
export const keyDefaults: Readonly<Record<string, string>> = { protocol: 'TCP' };

const quantities = [
  /^<(pod|container|claim)>\.resources\.(limits|requests)\./,
  /^<pod>\.overhead\./,
  /^<pod>\.volumes\.\*\.emptyDir\.sizeLimit$/,
  /\.resourceFieldRef\.divisor$/,
  /^PersistentVolume\.spec\.capacity\./,
  /^ResourceQuota\.spec\.hard\./,
  /^LimitRange\.spec\.limits\.\*\.(max|min|default|defaultRequest)\./,
  /^HorizontalPodAutoscaler\.spec\.metrics\..*\.target\.(value|averageValue)$/,
  /^NodePool\.karpenter\.sh\.spec\.limits\./,
];

/** Whether a field holds a quantity of Kubernetes, such as 500m or 1Gi. */
export const isQuantity = (place: string): boolean => quantities.some((one) => one.test(place));

const empties = [
  /\.status$/,
  /^<container>\.securityContext$/,
  /^<metadata>\.(labels|annotations|finalizers)$/,
  /^<pod>\.(nodeSelector|tolerations|imagePullSecrets|hostAliases|volumes|initContainers|securityContext)$/,
  /^<container>\.(args|command|env|envFrom|ports|volumeMounts|volumeDevices)$/,
  /^<(container|claim)>\.resources(\.limits|\.requests)?$/,
  /^Application\.argoproj\.io\.spec\.(source|sources\.\*)\.(helm|directory)$/,
  /^ConfigMap\.(data|binaryData)$/,
  /^Secret\.(data|stringData)$/,
  /^ServiceAccount\.(secrets|imagePullSecrets)$/,
  /^NetworkPolicy\.spec\.(ingress|egress)(\.\*\.(from|to|ports))?$/,
];

/** Where an empty map or list is the same as none; elsewhere `{}` may mean everything (`podSelector: {}`). */
export const emptyIsAbsent = (place: string): boolean => empties.some((one) => one.test(place));

/** The place of what has a schema of its own, a document or the values of a chart: nothing there is known. */
export const OPAQUE = 'foreign';

/** The place of a dashboard of Grafana in a document; a field of it is behind a slash, as it is none of Kubernetes'. */
export const DASHBOARD = 'dashboard';

/** A place below which everything is the same, wherever it stands. */
const SCHEMA_TYPES: readonly (readonly [RegExp, string])[] = [
  [/^Pod\.spec$/, '<pod>'],
  [
    /^(Deployment|StatefulSet|DaemonSet|ReplicaSet|Job|Rollout\.argoproj\.io)\.spec\.template\.spec$/,
    '<pod>',
  ],
  [/^CronJob\.spec\.jobTemplate\.spec\.template\.spec$/, '<pod>'],
  [/^ScaledJob\.keda\.sh\.spec\.jobTargetRef\.template\.spec$/, '<pod>'],
  [/^<pod>\.(containers|initContainers|ephemeralContainers)\.\*$/, '<container>'],
  [/^PersistentVolumeClaim\.spec$/, '<claim>'],
  [/^StatefulSet\.spec\.volumeClaimTemplates\.\*\.spec$/, '<claim>'],
  [/^<pod>\.volumes\.\*\.ephemeral\.volumeClaimTemplate\.spec$/, '<claim>'],
  [/\.metadata$/, '<metadata>'],
  [/\.valuesObject$/, OPAQUE],
  [/\.(selector|labelSelector|podSelector|namespaceSelector)$/, '<selector>'],
];

const known = new Map<string, string>();

/** The place of a field below a place; '*' for an element of a list. */
export function placeBelow(place: string, key: string): string {
  if (place === OPAQUE) return OPAQUE;
  if (place === DASHBOARD || place.startsWith(`${DASHBOARD}/`)) return `${place}/${key}`;
  const below = `${place}.${key}`;
  const found = known.get(below) ?? SCHEMA_TYPES.find(([form]) => form.test(below))?.[1] ?? below;
  known.set(below, found);
  return found;
}

/** The place of a whole object. Kubernetes' own kinds go without their group. */
export const placeOf = (kind: string, group: string): string =>
  !group.includes('.') || group.endsWith('.k8s.io') ? kind : `${kind}.${group}`;
