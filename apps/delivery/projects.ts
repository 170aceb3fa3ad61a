import { ARGOCD_NAMESPACE } from '../../argocd/names.ts';
import type { KindName, ProjectProps } from '../../argocd/project.ts';
import type { Addon } from '../addons/addon.ts';
import type { Application } from '../application.ts';
import type { Environment } from '../environments.ts';
import { charts } from '../versions.ts';

/** The project of the root and of the parents: they bring Applications, and nothing that runs. */
export const DELIVERY = 'delivery';

const CLUSTER_KINDS = {
  workloads: [],
  'infra-workloads': ['scheduling.k8s.io/PriorityClass'],
} as const satisfies Record<Application['parent'], readonly KindName[]>;

const COMMON: readonly KindName[] = [
  '/Service',
  '/ServiceAccount',
  'apps/Deployment',
  'external-secrets.io/ExternalSecret',
  'monitoring.coreos.com/PrometheusRule',
  'monitoring.coreos.com/ServiceMonitor',
  'networking.k8s.io/NetworkPolicy',
  'policy/PodDisruptionBudget',
  'rbac.authorization.k8s.io/Role',
  'rbac.authorization.k8s.io/RoleBinding',
];

const NAMESPACED_KINDS: Readonly<Record<Application['parent'], readonly KindName[]>> = {
  workloads: [...COMMON, 'batch/CronJob'],
  'infra-workloads': [...COMMON, '/ConfigMap', 'apps/StatefulSet', 'batch/Job', 'networking.k8s.io/Ingress'],
};

const DESCRIPTIONS = {
  workloads: 'The work: what publishes jobs and what does them.',
  'infra-workloads': 'What the work stands on: the broker, the scaler, the pages.',
} as const;

/** The bounds of what this repository renders itself. */
export function workloadProject(
  parent: Application['parent'],
  { repository }: Environment,
  children: readonly Application[],
): ProjectProps {
  const namespaces = namespacesOf(children);
  return {
    name: parent,
    description: DESCRIPTIONS[parent],
    sourceRepos: [repository.repoURL],
    namespaces,
    ownNamespaces: namespaces,
    clusterKinds: CLUSTER_KINDS[parent],
    namespacedKinds: NAMESPACED_KINDS[parent],
  };
}

/** The bounds of the root and the parents. */
export const deliveryProject = (
  { repository }: Environment,
  addonNamespaces: readonly string[],
): ProjectProps => ({
  name: DELIVERY,
  description: 'The root and the parents: Applications, their projects and the namespaces of addons.',
  sourceRepos: [repository.repoURL],
  namespaces: [ARGOCD_NAMESPACE],
  ownNamespaces: addonNamespaces,
  clusterKinds: [],
  namespacedKinds: ['argoproj.io/Application', 'argoproj.io/AppProject'],
});

const namespacesOf = (children: readonly Application[]): string[] => [
  ...new Set(children.map(({ namespace }) => namespace)),
];

/** What charts bring that belongs to no namespace. */
const ADDON_CLUSTER_KINDS: readonly KindName[] = [
  'admissionregistration.k8s.io/MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  'apiextensions.k8s.io/CustomResourceDefinition',
  'apiregistration.k8s.io/APIService',
  'networking.k8s.io/IngressClass',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'storage.k8s.io/CSIDriver',
  'storage.k8s.io/StorageClass',
];

const ADDON_KINDS: readonly KindName[] = [
  '/ConfigMap',
  '/PersistentVolumeClaim',
  '/Secret',
  '/Service',
  '/ServiceAccount',
  'apps/DaemonSet',
  'apps/Deployment',
  'apps/StatefulSet',
  'batch/Job',
  'cert-manager.io/Certificate',
  'cert-manager.io/Issuer',
  'monitoring.coreos.com/Alertmanager',
  'monitoring.coreos.com/PodMonitor',
  'monitoring.coreos.com/Prometheus',
  'monitoring.coreos.com/PrometheusRule',
  'monitoring.coreos.com/ServiceMonitor',
  'networking.k8s.io/Ingress',
  'networking.k8s.io/NetworkPolicy',
  'policy/PodDisruptionBudget',
  'rbac.authorization.k8s.io/Role',
  'rbac.authorization.k8s.io/RoleBinding',
];

/** The bounds of what others build. */
export function addonProject(addons: readonly Addon[]): ProjectProps {
  const repositories = addons.map(({ name }) => charts[name].repoURL);
  // Charts of API servers and of leaders that elect bind roles in kube-system.
  const namespaces = ['kube-system', ...addons.map(({ namespace }) => namespace.name)];
  return {
    name: 'addons',
    description: 'What others build: charts, pinned in apps/versions.ts.',
    sourceRepos: [...new Set<string>(repositories)].sort(),
    namespaces: [...new Set(namespaces)].sort(),
    clusterKinds: ADDON_CLUSTER_KINDS,
    namespacedKinds: ADDON_KINDS,
  };
}
