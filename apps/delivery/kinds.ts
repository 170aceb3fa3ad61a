import type { KindName } from '../../argocd/project.ts';
import type { Parent } from '../application.ts';

/** What may be brought, cluster-wide and in namespaces. */
interface Kinds {
  readonly cluster: readonly KindName[];
  readonly namespaced: readonly KindName[];
}

/** The kinds that every workload of this repository has. */
const COMMON: readonly KindName[] = [
  '/Service',
  '/ServiceAccount',
  'apps/Deployment',
  'autoscaling/HorizontalPodAutoscaler',
  'external-secrets.io/ExternalSecret',
  'external-secrets.io/SecretStore',
  'monitoring.coreos.com/PrometheusRule',
  'monitoring.coreos.com/ServiceMonitor',
  'networking.k8s.io/NetworkPolicy',
  'policy/PodDisruptionBudget',
  'rbac.authorization.k8s.io/Role',
  'rbac.authorization.k8s.io/RoleBinding',
];

/** The allow-lists of the projects: a new kind is a line here, and so a line in a review. */
export const KINDS: Readonly<Record<Parent, Kinds>> = {
  workloads: {
    cluster: [],
    namespaced: [
      ...COMMON,
      '/ConfigMap',
      'argoproj.io/AnalysisTemplate',
      'argoproj.io/Rollout',
      'batch/CronJob',
      'cert-manager.io/Certificate',
      'keda.sh/ScaledObject',
      'keda.sh/TriggerAuthentication',
      'networking.istio.io/DestinationRule',
      'networking.istio.io/VirtualService',
      'networking.k8s.io/Ingress',
      'traefik.io/IngressRoute',
      'traefik.io/TraefikService',
    ],
  },
  'infra-workloads': {
    cluster: [
      'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
      'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding',
      'cert-manager.io/ClusterIssuer',
      'rbac.authorization.k8s.io/ClusterRole',
      'rbac.authorization.k8s.io/ClusterRoleBinding',
      'scheduling.k8s.io/PriorityClass',
    ],
    namespaced: [
      ...COMMON,
      '/ConfigMap',
      '/PersistentVolumeClaim',
      'apps/StatefulSet',
      'batch/CronJob',
      'batch/Job',
      'cert-manager.io/Certificate',
      'elasticsearch.k8s.elastic.co/Elasticsearch',
      'kibana.k8s.elastic.co/Kibana',
      'networking.k8s.io/Ingress',
      'psmdb.percona.com/PerconaServerMongoDB',
      'traefik.io/Middleware',
      'traefik.io/ServersTransport',
    ],
  },
  // What the charts of environments/versions.ts render.
  addons: {
    cluster: [
      'admissionregistration.k8s.io/MutatingWebhookConfiguration',
      'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
      'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding',
      'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
      'apiextensions.k8s.io/CustomResourceDefinition',
      'apiregistration.k8s.io/APIService',
      'cert-manager.io/ClusterIssuer',
      'networking.k8s.io/IngressClass',
      'rbac.authorization.k8s.io/ClusterRole',
      'rbac.authorization.k8s.io/ClusterRoleBinding',
      'storage.k8s.io/CSIDriver',
      'storage.k8s.io/StorageClass',
      'trust.cert-manager.io/Bundle',
    ],
    namespaced: [
      ...COMMON,
      '/ConfigMap',
      '/PersistentVolumeClaim',
      '/Secret',
      'apps/DaemonSet',
      'apps/StatefulSet',
      'batch/Job',
      'cert-manager.io/Certificate',
      'cert-manager.io/Issuer',
      'monitoring.coreos.com/Alertmanager',
      'monitoring.coreos.com/PodMonitor',
      'monitoring.coreos.com/Prometheus',
      'networking.k8s.io/Ingress',
    ],
  },
};
