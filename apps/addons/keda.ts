import { apiServiceAuthority, webhookAuthority } from '../../argocd/owned-fields.ts';
import { CONFIRM_REMOVAL } from '../../argocd/prune-guards.ts';
import type { Environment } from '../../environments/environment.ts';
import type { Addon } from './addon.ts';
import { type Metrics, metrics, type Resources, resources } from './values.ts';

interface Component {
  readonly replicaCount: number;
}

interface Budget {
  readonly maxUnavailable?: number;
}

interface Values {
  readonly crds: { readonly additionalAnnotations: Readonly<Record<string, string>> };
  readonly operator: Component;
  readonly metricsServer: Component;
  readonly webhooks: Component;
  readonly podDisruptionBudget: {
    readonly operator: Budget;
    readonly metricServer: Budget;
    readonly webhooks: Budget;
  };
  readonly prometheus: { readonly operator: Metrics; readonly metricServer: Metrics };
  readonly resources: {
    readonly operator: Resources;
    readonly metricServer: Resources;
    readonly webhooks: Resources;
  };
}

/** Scales on events; instead of prometheus-adapter, never beside it. */
export const keda: Addon<Values> = {
  name: 'keda',
  namespace: { name: 'keda' },
  stage: 'platform',
  ownedFields: [
    webhookAuthority('Validating', 'keda-admission'),
    apiServiceAuthority('v1beta1.external.metrics.k8s.io'),
  ],
  values: (environment) => ({
    crds: { additionalAnnotations: CONFIRM_REMOVAL },
    // Operator and webhooks elect a leader; a second metrics server answers as well as the first.
    operator: { replicaCount: environment.addonReplicas },
    metricsServer: { replicaCount: environment.addonReplicas },
    webhooks: { replicaCount: environment.addonReplicas },
    podDisruptionBudget: {
      operator: pods(environment),
      metricServer: pods(environment),
      webhooks: pods(environment),
    },
    prometheus: { operator: metrics(environment), metricServer: metrics(environment) },
    resources: {
      operator: resources('100m', '256Mi'),
      metricServer: resources('100m', '256Mi'),
      webhooks: resources('25m', '128Mi'),
    },
  }),
};

const pods = ({ addonReplicas }: Environment): Budget => (addonReplicas > 1 ? { maxUnavailable: 1 } : {});
