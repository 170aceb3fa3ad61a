import type { Rule } from './rule.ts';

/** What is applied in place, and what it is about. */
const subjects: readonly (readonly [about: string, kinds: readonly string[]])[] = [
  ['who may talk to whom', ['NetworkPolicy']],
  ['who may do what', ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding', 'ServiceAccount']],
  [
    'how it is reached',
    [
      'Service',
      'Ingress',
      'Gateway',
      'HTTPRoute',
      'IngressRoute.traefik.io',
      'TraefikService.traefik.io',
      'DestinationRule.networking.istio.io',
      'VirtualService.networking.istio.io',
    ],
  ],
  ['how a release is judged', ['AnalysisTemplate.argoproj.io', 'ClusterAnalysisTemplate.argoproj.io']],
  ['how it is encrypted', ['Certificate.cert-manager.io']],
  ['what is recorded and who is alerted', ['PrometheusRule.monitoring.coreos.com']],
  ['what is measured', ['ServiceMonitor.monitoring.coreos.com', 'PodMonitor.monitoring.coreos.com']],
  [
    'where a Secret comes from',
    [
      'ExternalSecret.external-secrets.io',
      'SecretStore.external-secrets.io',
      'ClusterSecretStore.external-secrets.io',
    ],
  ],
  ['what the API server refuses', ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding']],
  ['what Argo CD may sync', ['AppProject.argoproj.io']],
];

export const concerns: readonly Rule[] = subjects.map(([about, kinds]) => ({
  kinds,
  rank: 'config',
  reason: `applied in place: ${about}`,
}));
