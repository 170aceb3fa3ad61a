import { webhookAuthority } from '../../argocd/owned-fields.ts';
import type { Addon } from './addon.ts';
import { budgetByMinimum, RESTRICTED_POD, type Resources, resources, type Switch } from './values.ts';

interface Values {
  readonly replicaCount: number;
  readonly resources: Resources;
  readonly podSecurityContext: typeof RESTRICTED_POD;
  readonly podDisruptionBudget: Switch & { readonly minAvailable: number };
  readonly telemetry: { readonly disabled: boolean };
}

/** Elasticsearch and Kibana as objects. */
export const eckOperator: Addon<Values> = {
  name: 'eck-operator',
  namespace: { name: 'elastic-system' },
  stage: 'foundation',
  // Its definitions are those of the data, and take no annotation.
  confirmPrune: true,
  ownedFields: [webhookAuthority('Validating', 'elastic-operator.elastic-system.k8s.elastic.co')],
  values: (environment) => ({
    replicaCount: environment.addonReplicas,
    resources: resources('50m', '256Mi'),
    podSecurityContext: RESTRICTED_POD,
    podDisruptionBudget: budgetByMinimum(environment),
    telemetry: { disabled: true },
  }),
};
