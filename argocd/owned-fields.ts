import type { IgnoreDifferences } from './names.ts';

/** Fields that a controller writes: Argo CD neither reports them as drift nor puts its own value back. */
export type OwnedFields = IgnoreDifferences;

/** One object of a workload. */
export interface Target {
  readonly name: string;
  readonly namespace: string;
}

/** A scaler, an HPA or KEDA says how many. */
export const scaledReplicas = (
  { name, namespace }: Target,
  kind: 'Deployment' | 'Rollout' = 'Deployment',
): OwnedFields => ({
  group: kind === 'Deployment' ? 'apps' : 'argoproj.io',
  ...{ kind, name, namespace, jsonPointers: ['/spec/replicas'] },
});

/** During a release Argo Rollouts shifts requests between two Services, and says which pods each leads to. */
export const splitByTraefik = (
  { name, namespace }: Target,
  services: readonly string[],
): readonly OwnedFields[] => [
  {
    ...{ group: 'traefik.io', kind: 'TraefikService', name, namespace },
    jqPathExpressions: ['.spec.weighted.services[].weight'],
  },
  ...services.map((service) => ({
    ...{ group: '', kind: 'Service', name: service, namespace },
    jsonPointers: ['/spec/selector/rollouts-pod-template-hash'],
  })),
];

/** The same between two subsets of one Service. */
export const splitByIstio = ({ name, namespace }: Target): readonly OwnedFields[] => [
  {
    ...{ group: 'networking.istio.io', kind: 'VirtualService', name, namespace },
    jqPathExpressions: ['.spec.http[].route[].weight'],
  },
  {
    ...{ group: 'networking.istio.io', kind: 'DestinationRule', name, namespace },
    jqPathExpressions: ['.spec.subsets[].labels["rollouts-pod-template-hash"]'],
  },
];

/** An operator that signs its own certificate writes the CA bundle that the API server trusts. */
export const apiServiceAuthority = (name: string): OwnedFields => ({
  ...{ group: 'apiregistration.k8s.io', kind: 'APIService', name, jsonPointers: ['/spec/caBundle'] },
});

/** A certificate injector fills in the authority that the API server trusts. */
export const webhookAuthority = (kind: 'Mutating' | 'Validating', name: string): OwnedFields => ({
  ...{ group: 'admissionregistration.k8s.io', kind: `${kind}WebhookConfiguration`, name },
  jqPathExpressions: ['.webhooks[]?.clientConfig.caBundle'],
});

/** A schedule says how many pods an HPA keeps at least. */
export const scheduledMinimum = ({ name, namespace }: Target): OwnedFields => ({
  ...{ group: 'autoscaling', kind: 'HorizontalPodAutoscaler', name, namespace },
  jsonPointers: ['/spec/minReplicas'],
});
