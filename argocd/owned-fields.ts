import type { IgnoreDifferences } from './api.ts';

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

/** Argo Rollouts shifts traffic between the two Services of a release. */
export const rolloutWeights = ({ name, namespace }: Target): OwnedFields => ({
  ...{ group: 'traefik.io', kind: 'TraefikService', name, namespace },
  jqPathExpressions: ['.spec.weighted.services[].weight'],
});

/** Argo Rollouts points a Service at the pods of one release. */
export const rolloutSelector = ({ name, namespace }: Target): OwnedFields => ({
  ...{ group: '', kind: 'Service', name, namespace },
  jsonPointers: ['/spec/selector/rollouts-pod-template-hash'],
});

/** An operator that signs for itself tells the API server whom to trust. */
export const apiServiceAuthority = (name: string): OwnedFields => ({
  ...{ group: 'apiregistration.k8s.io', kind: 'APIService', name, jsonPointers: ['/spec/caBundle'] },
});

/** A certificate injector fills in the authority that the API server trusts. */
export const webhookAuthority = (kind: 'Mutating' | 'Validating', name: string): OwnedFields => ({
  ...{ group: 'admissionregistration.k8s.io', kind: `${kind}WebhookConfiguration`, name },
  jqPathExpressions: ['.webhooks[]?.clientConfig.caBundle'],
});
