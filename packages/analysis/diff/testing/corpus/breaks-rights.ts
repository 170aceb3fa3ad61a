import { object, workload } from '../../testing.ts';
import type { BreakRow } from '../chains.ts';

const rbac = 'kubernetes.io, Using RBAC Authorization';
const rbacGroup = 'rbac.authorization.k8s.io/v1';
const web = workload('Deployment', 'image: "a:1"', '', 'serviceAccountName: web,');
const account = object('v1', 'ServiceAccount', 'automountServiceAccountToken: true');
const role = object(
  rbacGroup,
  'Role',
  'rules: [{apiGroups: [apps], resources: [deployments/scale], verbs: [get, update]}, {apiGroups: [""], resources: [configmaps], verbs: [get]}]',
);
export const binding = object(
  rbacGroup,
  'RoleBinding',
  'roleRef: {kind: Role, name: web}, subjects: [{kind: ServiceAccount, name: web, namespace: shop}]',
);
export const all = [web, account, role, binding];
export const clusterBinding = object(
  rbacGroup,
  'ClusterRoleBinding',
  'roleRef: {kind: ClusterRole, name: cluster-admin}, subjects: [{kind: ServiceAccount, name: web, namespace: shop}]',
);

export const rows: readonly BreakRow[] = [
  [
    'a verb of a Role',
    all,
    'verbs: [get, update]',
    'verbs: [get]',
    /Deployment shop\/web runs as ServiceAccount shop\/web, which may no longer update deployments\/scale.apps in shop/,
    rbac,
  ],
  [
    'a rule of a Role',
    all,
    '{apiGroups: [apps], resources: [deployments/scale], verbs: [get, update]}, ',
    '',
    /may no longer get, update deployments\/scale.apps in shop/,
    rbac,
  ],
  ['a binding removed', all, binding, '', /may no longer get configmaps in shop/, rbac],
  [
    'a name that a rule is narrowed to',
    all,
    'resources: [configmaps],',
    'resources: [configmaps], resourceNames: [a],',
    /may no longer get configmaps in shop/,
    rbac,
  ],
  [
    'a binding in the whole cluster removed',
    [web, account, clusterBinding],
    clusterBinding,
    '',
    /may no longer do anything in the whole cluster/,
    rbac,
  ],
  [
    'no token for the account',
    all,
    'automountServiceAccountToken: true',
    'automountServiceAccountToken: false',
    /Deployment shop\/web gets no token of ServiceAccount shop\/web any more/,
    'kubernetes.io, Configure Service Accounts for Pods',
  ],
];
