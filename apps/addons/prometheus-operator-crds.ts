import { CONFIRM_REMOVAL } from '../../argocd/prune-guards.ts';
import type { Addon } from './addon.ts';
import { MONITORING_NAMESPACE } from './kube-prometheus-stack.ts';

interface Values {
  readonly crds: { readonly annotations: Readonly<Record<string, string>> };
}

/** The definitions of ServiceMonitor, PrometheusRule and their like, before anybody uses them. */
export const prometheusOperatorCrds: Addon<Values> = {
  name: 'prometheus-operator-crds',
  namespace: MONITORING_NAMESPACE,
  stage: 'definitions',
  values: () => ({ crds: { annotations: CONFIRM_REMOVAL } }),
};
