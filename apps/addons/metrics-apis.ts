import type { AdapterRule } from '@sluice/policy';
import { CONFIRM_REMOVAL } from '../../argocd/prune-guards.ts';
import { apiServiceAuthority, webhookAuthority } from '../../argocd/source.ts';
import type { Environment } from '../../environments/environment.ts';
import { PROMETHEUS } from '../platform/identities.ts';
import {
  type Addon,
  budget,
  type Metrics,
  metrics,
  type Resources,
  resources,
  type Switch,
  watched,
} from './addon.ts';
import { MONITORING_NAMESPACE } from './kube-prometheus-stack.ts';

interface MetricsServerValues {
  readonly replicas: number;
  readonly args: readonly string[];
  readonly resources: Resources;
  readonly podDisruptionBudget: Switch & { readonly maxUnavailable: number };
  readonly metrics: Switch;
  readonly serviceMonitor: Switch;
}

/** What nodes and pods use now: for `kubectl top` and for HPAs on CPU. */
export const metricsServer: Addon<MetricsServerValues> = {
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

interface AdapterValues {
  readonly replicas: number;
  readonly prometheus: { readonly url: string; readonly port: number };
  readonly rules: { readonly default: boolean; readonly external: readonly AdapterRule[] };
  readonly resources: Resources;
  readonly podDisruptionBudget: Switch & { readonly maxUnavailable: number };
}

/** Metrics of Prometheus as HPAs read them. */
export const prometheusAdapter: Addon<AdapterValues> = {
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

interface Component {
  readonly replicaCount: number;
}

interface Budget {
  readonly maxUnavailable?: number;
}

interface KedaValues {
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
export const keda: Addon<KedaValues> = {
  name: 'keda',
  namespace: { name: 'keda' },
  stage: 'platform',
  defines: ['keda.sh', 'eventing.keda.sh'],
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
