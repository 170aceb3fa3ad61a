import type { Addon } from './addon.ts';
import { budget, type Resources, resources, type Switch, watched } from './values.ts';

interface Values {
  readonly replicas: number;
  readonly args: readonly string[];
  readonly resources: Resources;
  readonly podDisruptionBudget: Switch & { readonly maxUnavailable: number };
  readonly metrics: Switch;
  readonly serviceMonitor: Switch;
}

/** What nodes and pods use now: for `kubectl top` and for HPAs on CPU. */
export const metricsServer: Addon<Values> = {
  name: 'metrics-server',
  namespace: { name: 'kube-system' },
  stage: 'foundation',
  values: (environment) => ({
    replicas: environment.addonReplicas,
    // Kubelets of kind and k3s sign their own certificates.
    args: environment.aws === undefined ? ['--kubelet-insecure-tls'] : [],
    resources: resources('100m', '200Mi'),
    podDisruptionBudget: budget(environment),
    metrics: watched(environment),
    serviceMonitor: watched(environment),
  }),
};
