import type { AdapterRule } from '@sluice/policy';
import { PROMETHEUS } from '../platform/identities.ts';
import type { Addon } from './addon.ts';
import { MONITORING_NAMESPACE } from './kube-prometheus-stack.ts';
import { budget, type Resources, resources, type Switch } from './values.ts';

interface Values {
  readonly replicas: number;
  readonly prometheus: { readonly url: string; readonly port: number };
  readonly rules: { readonly default: boolean; readonly external: readonly AdapterRule[] };
  readonly resources: Resources;
  readonly podDisruptionBudget: Switch & { readonly maxUnavailable: number };
}

/** Metrics of Prometheus as HPAs read them. */
export const prometheusAdapter: Addon<Values> = {
  name: 'prometheus-adapter',
  namespace: MONITORING_NAMESPACE,
  stage: 'platform',
  needs: ['kube-prometheus-stack'],
  values: (environment, { adapterRules }) => ({
    replicas: environment.addonReplicas,
    prometheus: PROMETHEUS,
    rules: { default: true, external: adapterRules },
    resources: resources('50m', '256Mi'),
    podDisruptionBudget: budget(environment),
  }),
};
