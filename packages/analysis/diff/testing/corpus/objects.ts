import { object, type SourcedRow, workload } from '../../testing.ts';

export const service = (spec: string, metadata = ''): string =>
  object('v1', 'Service', `spec: {${spec}}`, metadata);
const configMap = (data: string, rest = ''): string => object('v1', 'ConfigMap', `data: {${data}}, ${rest}`);
const policy = (spec: string): string => object('networking.k8s.io/v1', 'NetworkPolicy', `spec: {${spec}}`);
export const namespace = (labels: string): string =>
  `{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {${labels}}}}`;
const role = (rules: string): string => object('rbac.authorization.k8s.io/v1', 'Role', `rules: [${rules}]`);
const binding = (rest: string): string => object('rbac.authorization.k8s.io/v1', 'RoleBinding', rest);
const alerts = (groups: string): string =>
  object('monitoring.coreos.com/v1', 'PrometheusRule', `spec: {groups: [${groups}]}`);
const hashed = (kind: string, hash: string): string =>
  object('v1', kind, 'data: {a: b}').replace('name: web', `name: web-${hash}`);
export const deployment = workload('Deployment', 'image: a');
const labelled = (labels: string): string =>
  deployment.replace('namespace: shop,', `namespace: shop, labels: {${labels}}`);
const priority = (value: number): string =>
  `{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: high}, value: ${value}}`;

const API = 'kubernetes v1.36.3 staging/src/k8s.io/api';
const VALIDATION = 'kubernetes v1.36.3 pkg/apis';
const labels = 'kubernetes.io, Labels and Selectors';
const optional = 'Kubernetes API conventions, "Optional vs. Required"';
const json = 'RFC 8259, section 4: an object is an unordered collection';
const argo = 'Argo CD v3.5.7 docs/user-guide';
const maps = 'kubernetes.io, ConfigMaps';
const rbac = `${API}/rbac/v1/types.go: PolicyRule; kubernetes.io, Using RBAC Authorization: permissions are purely additive`;
const rules =
  'prometheus-operator.dev, API reference: RuleGroup; prometheus.io, Recording rules: rules of a group run in order';

export const rows: readonly SourcedRow[] = [
  ['nothing', deployment, deployment, undefined, /^$/, optional],
  [
    'keys in another order',
    '{apiVersion: v1, kind: Service, metadata: {name: a}}',
    '{metadata: {name: a}, kind: Service, apiVersion: v1}',
    undefined,
    /^$/,
    json,
  ],
  ['a label that no selector uses', deployment, labelled('team: a'), 'metadata', /no selector/, labels],
  [
    'a label that a selector asks for',
    labelled('app: a'),
    labelled('app: b'),
    'config',
    /selector asks/,
    labels,
  ],
  ['no labels, written down', deployment, labelled(''), undefined, /^$/, optional],
  [
    'an annotation',
    deployment,
    deployment.replace('namespace: shop,', 'namespace: shop, annotations: {a: b}'),
    'metadata',
    /annotation/,
    'kubernetes.io, Annotations: non-identifying metadata for clients',
  ],
  [
    'an annotation of an Ingress',
    object('networking.k8s.io/v1', 'Ingress', 'spec: {}'),
    object('networking.k8s.io/v1', 'Ingress', 'spec: {}', 'annotations: {a: b}'),
    'config',
    /controller/,
    'kubernetes.io, Ingress: annotations configure the controller',
  ],
  [
    'another wave',
    deployment,
    deployment.replace(
      'namespace: shop,',
      'namespace: shop, annotations: {argocd.argoproj.io/sync-wave: "1"}',
    ),
    'config',
    /Argo CD/,
    `${argo}/sync-waves.md: "How Do I Configure Waves?"`,
  ],
  ['a label of a Namespace', namespace('a: b'), namespace('a: c'), 'metadata', /no selector/, labels],
  [
    'weaker Pod Security',
    namespace('pod-security.kubernetes.io/enforce: restricted'),
    namespace('pod-security.kubernetes.io/enforce: baseline'),
    'exposure',
    /Pod Security/,
    'kubernetes.io, Pod Security Admission: "Pod Security Admission labels for namespaces"',
  ],
  [
    'another API version',
    object('autoscaling/v1', 'X', 'spec: {}'),
    object('autoscaling/v2', 'X', 'spec: {}'),
    'config',
    /API version/,
    'kubernetes.io, The Kubernetes API: "API groups and versioning": the server converts between versions',
  ],
  [
    'another port',
    service('ports: [{port: 80}]'),
    service('ports: [{port: 81}]'),
    'config',
    /how it is reached/,
    'kubernetes.io, Service',
  ],
  [
    'ports in another order',
    service('ports: [{port: 80}, {port: 53, protocol: UDP}, {port: 53}]'),
    service('ports: [{port: 53}, {port: 80}, {port: 53, protocol: UDP}]'),
    undefined,
    /^$/,
    `${API}/core/v1/types.go ServiceSpec.ports: listType=map by port and protocol`,
  ],
  [
    'a Service without an address',
    service('type: ClusterIP'),
    service('type: ClusterIP, clusterIP: None'),
    'recreate',
    /immutable/,
    `${VALIDATION}/core/validation validateUpgradeDowngradeClusterIPs`,
  ],
  ['a key of a ConfigMap', configMap('a: b'), configMap('a: c'), 'config', /no pod template/, maps],
  [
    'a ConfigMap that cannot change',
    configMap('a: b', 'immutable: true'),
    configMap('a: c', 'immutable: true'),
    'recreate',
    /immutable/,
    `${VALIDATION}/core/validation ValidateConfigMapUpdate`,
  ],
  [
    'a ConfigMap from now on fixed',
    configMap('a: b'),
    configMap('a: b', 'immutable: true'),
    'config',
    /in place/,
    `${maps}`,
  ],
  [
    'a document with other spaces',
    configMap(`x.json: '{"a":1,"b":[2]}'`),
    configMap(`x.json: '{ "b": [2], "a": 1 }'`),
    'no-op',
    /same content/,
    json,
  ],
  [
    'a document with another value',
    configMap(`x.json: '{"a":1}'`),
    configMap(`x.json: '{"a":2}'`),
    'config',
    /no pod template/,
    json,
  ],
  [
    'a document that is broken, and broken otherwise',
    configMap(`x.yaml: '{a: 1'`),
    configMap(`x.yaml: '{a: 1,'`),
    'config',
    /no pod template/,
    `${maps}: data holds UTF-8 texts of any form`,
  ],
  ['no data, written down', object('v1', 'ConfigMap', ''), configMap(''), undefined, /^$/, optional],
  [
    'a Secret of another type',
    object('v1', 'Secret', 'type: a'),
    object('v1', 'Secret', 'type: b'),
    'recreate',
    /immutable/,
    `${VALIDATION}/core/validation ValidateSecretUpdate`,
  ],
  [
    'a policy for all pods',
    policy('podSelector: {matchLabels: {app: a}}'),
    policy('podSelector: {}'),
    'config',
    /which connections are allowed/,
    `${API}/networking/v1/types.go NetworkPolicySpec.podSelector: an empty selector selects all pods`,
  ],
  [
    'all namespaces instead of this one',
    policy('ingress: [{from: [{podSelector: {}}]}]'),
    policy('ingress: [{from: [{podSelector: {}, namespaceSelector: {}}]}]'),
    'config',
    /in place/,
    `${API}/networking/v1/types.go NetworkPolicyPeer.namespaceSelector`,
  ],
  [
    'peers in another order',
    policy('egress: [{to: [{podSelector: {}}, {ipBlock: {cidr: 10.0.0.0/8}}]}, {}]'),
    policy('egress: [{}, {to: [{ipBlock: {cidr: 10.0.0.0/8}}, {podSelector: {}}]}]'),
    undefined,
    /^$/,
    `${API}/networking/v1/types.go NetworkPolicyEgressRule.to: items are combined by a logical OR`,
  ],
  [
    'no peers, written down',
    policy('policyTypes: [Ingress]'),
    policy('policyTypes: [Ingress], ingress: []'),
    undefined,
    /^$/,
    `${API}/networking/v1/types.go NetworkPolicySpec.ingress`,
  ],
  [
    'another verb',
    role('{resources: [pods], verbs: [get]}'),
    role('{resources: [pods], verbs: [get, list]}'),
    'config',
    /who may do what/,
    rbac,
  ],
  [
    'verbs in another order',
    role('{verbs: [get, list]}, {verbs: [watch]}'),
    role('{verbs: [watch]}, {verbs: [list, get]}'),
    undefined,
    /^$/,
    rbac,
  ],
  [
    'another role bound',
    binding('roleRef: {name: a}'),
    binding('roleRef: {name: b}'),
    'recreate',
    /immutable/,
    `${VALIDATION}/rbac/validation ValidateRoleBindingUpdate`,
  ],
  [
    'another subject',
    binding('subjects: [{name: a}]'),
    binding('subjects: [{name: b}]'),
    'config',
    /who may do what/,
    rbac,
  ],
  [
    'another priority',
    priority(1),
    priority(2),
    'recreate',
    /immutable/,
    `${VALIDATION}/scheduling/validation ValidatePriorityClassUpdate`,
  ],
  [
    'another alert',
    alerts('{name: a, rules: [{alert: A, expr: up}]}'),
    alerts('{name: a, rules: [{alert: A, expr: down}]}'),
    'config',
    /who is alerted/,
    rules,
  ],
  [
    'groups of alerts in another order',
    alerts('{name: a}, {name: b}'),
    alerts('{name: b}, {name: a}'),
    undefined,
    /^$/,
    rules,
  ],
  [
    'rules of one group in another order',
    alerts('{name: a, rules: [{expr: x}, {expr: y}]}'),
    alerts('{name: a, rules: [{expr: y}, {expr: x}]}'),
    'config',
    /in place/,
    rules,
  ],
  ['an object added', '', service(''), 'config', /added/, `${argo}/auto_sync.md`],
  [
    'an object removed',
    service(''),
    '',
    'prune',
    /removed: Argo CD deletes it/,
    `${argo}/auto_sync.md: "Automatic Pruning"`,
  ],
  [
    'an object named after its content',
    hashed('ConfigMap', '0acf1208b7'),
    hashed('ConfigMap', '1bcf1208b7'),
    'prune',
    /followed by web-1bcf1208b7/,
    `${argo}/auto_sync.md: "Automatic Pruning"`,
  ],
];
