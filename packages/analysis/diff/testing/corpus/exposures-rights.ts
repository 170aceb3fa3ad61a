import { object, workload } from '../../testing.ts';
import type { BreakRow } from '../chains.ts';

const rbac = 'kubernetes.io, Role Based Access Control Good Practices';
const standards = 'kubernetes.io, Pod Security Standards';
const admission = 'kubernetes.io, Dynamic Admission Control';
const projects = 'Argo CD, Projects';
const group = 'rbac.authorization.k8s.io/v1';
export const role = object(
  group,
  'Role',
  'rules: [{apiGroups: [""], resources: [configmaps], verbs: [get]}]',
);
const clusterRole = object(
  group,
  'ClusterRole',
  'rules: [{apiGroups: [apps], resources: [deployments], verbs: [get]}]',
);
export const binding = (kind: string, name: string, subject: string): string =>
  object(
    group,
    kind,
    `roleRef: {kind: ${kind.replace('Binding', '')}, name: ${name}}, subjects: [${subject}]`,
  );
export const account = '{kind: ServiceAccount, name: web, namespace: shop}';
const everybody = '{kind: Group, name: "system:authenticated"}';
const pod = (context = ''): string => workload('Deployment', `image: "a:1", securityContext: {${context}}`);
export const namespace = (level: string): string =>
  `{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: ${level}}}}`;
const webhook = (rest: string): string =>
  object(
    'admissionregistration.k8s.io/v1',
    'ValidatingWebhookConfiguration',
    `webhooks: [{name: a, ${rest}}]`,
  );
const project = object(
  'argoproj.io/v1alpha1',
  'AppProject',
  `spec: {sourceRepos: ["https://example.com/a"], destinations: [{server: s, namespace: a}], clusterResourceWhitelist: []}`,
);

export const rows: readonly BreakRow[] = [
  [
    'cluster-admin for all users',
    [role],
    role,
    `${role}\n---\n${binding('ClusterRoleBinding', 'cluster-admin', everybody)}`,
    /Group system:authenticated may do anything in the whole cluster/,
    rbac,
  ],
  [
    'cluster-admin for an account',
    [clusterRole, binding('ClusterRoleBinding', 'web', account)],
    'kind: ClusterRole, name: web',
    'kind: ClusterRole, name: cluster-admin',
    /ServiceAccount shop\/web may do anything in the whole cluster/,
    rbac,
  ],
  [
    'a right of everybody',
    [clusterRole, binding('ClusterRoleBinding', 'web', account)],
    account,
    everybody,
    /Group system:authenticated may get deployments.apps in the whole cluster/,
    rbac,
  ],
  [
    'every verb of everything',
    [clusterRole, binding('ClusterRoleBinding', 'web', account)],
    'apiGroups: [apps], resources: [deployments], verbs: [get]',
    'apiGroups: ["*"], resources: ["*"], verbs: ["*"]',
    /may do anything/,
    rbac,
  ],
  [
    'every Secret of a namespace',
    [role, binding('RoleBinding', 'web', account)],
    'resources: [configmaps]',
    'resources: [secrets]',
    /ServiceAccount shop\/web may get secrets in shop/,
    rbac,
  ],
  [
    'a Secret of any name',
    [role.replace('[configmaps]', '[secrets], resourceNames: [a]'), binding('RoleBinding', 'web', account)],
    ', resourceNames: [a]',
    '',
    /may get secrets in shop/,
    rbac,
  ],
  [
    'a shell in pods',
    [role, binding('RoleBinding', 'web', account)],
    'resources: [configmaps], verbs: [get]',
    'resources: [pods/exec], verbs: [create]',
    /may create pods\/exec in shop/,
    rbac,
  ],
  [
    'escalation',
    [clusterRole, binding('ClusterRoleBinding', 'web', account)],
    'verbs: [get]',
    'verbs: [get, escalate]',
    /may escalate deployments.apps/,
    rbac,
  ],
  [
    'rights in the whole cluster instead of one namespace',
    [
      clusterRole.replace('apps', '""').replace('deployments', 'secrets'),
      binding('RoleBinding', 'web', account).replace('kind: Role,', 'kind: ClusterRole,'),
    ],
    'kind: RoleBinding',
    'kind: ClusterRoleBinding',
    /in the whole cluster/,
    rbac,
  ],
  [
    'a privileged container',
    [pod()],
    'securityContext: {}',
    'securityContext: {privileged: true}',
    /its pods reach their node: container app is privileged/,
    standards,
  ],
  [
    'a hostPath',
    [pod()],
    'spec: { containers',
    'spec: {volumes: [{name: a, hostPath: {path: /}}], containers',
    /volume a is a hostPath/,
    standards,
  ],
  [
    'the network of the node',
    [pod()],
    'spec: { containers',
    'spec: {hostNetwork: true, containers',
    /its pods reach their node: hostNetwork/,
    standards,
  ],
  [
    'a capability',
    [pod()],
    'securityContext: {}',
    'securityContext: {capabilities: {add: [SYS_ADMIN]}}',
    /adds the capability SYS_ADMIN/,
    standards,
  ],
  [
    'root',
    [pod('runAsUser: 1000')],
    'runAsUser: 1000',
    'runAsUser: 0',
    /container app runs as root/,
    standards,
  ],
  [
    'a lower level of Pod Security',
    [namespace('restricted')],
    'restricted',
    'privileged',
    /Pod Security admits baseline pods\nPod Security admits privileged pods/,
    standards,
  ],
  [
    'no level of Pod Security',
    [namespace('baseline')],
    'labels: {pod-security.kubernetes.io/enforce: baseline}',
    'labels: {}',
    /Pod Security admits privileged pods/,
    standards,
  ],
  [
    'a webhook that stops everything',
    [webhook('failurePolicy: Ignore, rules: [{resources: ["*"], operations: ["*"]}]')],
    'Ignore',
    'Fail',
    /while webhook a does not answer, the API server refuses what it asks about in every namespace/,
    admission,
  ],
  [
    'a webhook that asks about every namespace',
    [webhook('namespaceSelector: {matchLabels: {a: b}}, rules: [{resources: [pods]}]')],
    'namespaceSelector: {matchLabels: {a: b}}, ',
    '',
    /refuses what it asks about in every namespace/,
    admission,
  ],
  [
    'a project for every repository',
    [project],
    '"https://example.com/a"',
    '"*"',
    /its Applications may take manifests from \*/,
    projects,
  ],
  [
    'a project for every namespace',
    [project],
    'namespace: a}',
    'namespace: "*"}',
    /its Applications may write into \* of s/,
    projects,
  ],
  [
    'a project for every kind',
    [project],
    'clusterResourceWhitelist: []',
    'clusterResourceWhitelist: [{group: "*", kind: "*"}]',
    /its Applications may make every kind of \*/,
    projects,
  ],
  [
    'a role of every user of Argo CD',
    [object('v1', 'ConfigMap', 'data: {policy.default: ""}').replace('name: web', 'name: argocd-rbac-cm')],
    'policy.default: ""',
    'policy.default: "role:admin"',
    /every user of Argo CD has role:admin/,
    'Argo CD, RBAC Configuration',
  ],
  [
    'no login to Argo CD',
    [object('v1', 'ConfigMap', 'data: {a: b}').replace('name: web', 'name: argocd-cm')],
    'a: b',
    'users.anonymous.enabled: "true"',
    /Argo CD answers without a login/,
    'Argo CD, RBAC Configuration: "Anonymous Access"',
  ],
  [
    'a role of the cloud',
    [object('v1', 'ServiceAccount', 'automountServiceAccountToken: false', 'annotations: {}')],
    'annotations: {}',
    'annotations: {eks.amazonaws.com/role-arn: admin}',
    /its pods act in the cloud as admin/,
    'docs.aws.amazon.com, IAM roles for service accounts',
  ],
  [
    'a mesh without mutual TLS',
    [object('security.istio.io/v1', 'PeerAuthentication', 'spec: {mtls: {mode: STRICT}}')],
    'STRICT',
    'PERMISSIVE',
    /pods take connections without mutual TLS/,
    'istio.io, PeerAuthentication',
  ],
  [
    'a policy that no longer denies',
    [
      object(
        'admissionregistration.k8s.io/v1',
        'ValidatingAdmissionPolicyBinding',
        'spec: {policyName: a, validationActions: [Deny]}',
      ),
    ],
    '[Deny]',
    '[Audit]',
    /what it finds is reported and not refused/,
    'kubernetes.io, Validating Admission Policy: "Validation actions"',
  ],
];
