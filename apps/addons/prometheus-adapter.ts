import type { ExternalRule } from '../../charts/external-metric.ts';
import { PROMETHEUS } from '../platform/identities.ts';
import { requests } from '../requests.ts';
import type { Addon } from './addon.ts';
import { MONITORING_NAMESPACE } from './kube-prometheus-stack.ts';
import { budget, type Resources, resources, type Switch } from './values.ts';

interface Values {
  readonly replicas: number;
  readonly prometheus: { readonly url: string; readonly port: number };
  readonly rules: { readonly default: boolean; readonly external: readonly ExternalRule[] };
  readonly resources: Resources;
  readonly podDisruptionBudget: Switch & { readonly maxUnavailable: number };
}

/** Metrics of Prometheus as HPAs read them. */
export const prometheusAdapter: Addon<Values> = {
  name: 'prometheus-adapter',
  namespace: MONITORING_NAMESPACE,
  stage: 'platform',
  needs: ['kube-prometheus-stack'],
  values: (environment) => ({
    replicas: environment.addonReplicas,
    prometheus: PROMETHEUS,
    rules: { default: true, external: [requests.rate.rule] },
    resources: resources('50m', '256Mi'),
    podDisruptionBudget: budget(environment),
  }),
};
