import type { Policy } from '../policy.ts';
import type { ClauseFidelity } from './fidelity.ts';
import type { HpaBehavior } from './hpa-behavior.ts';
import type { DeploymentTarget, PrometheusSource } from './scaler-config.ts';

/** One Deployment, followed by an HPA on a metric that prometheus-adapter serves. */
export interface HpaWorkload {
  /** Unique in the cluster; names the HPA and its metric. */
  readonly name: string;
  /** Both queries must be plain selectors: the adapter discovers series, not results. */
  readonly source: PrometheusSource;
  readonly target: DeploymentTarget;
  readonly policy: Policy;
}

/** What the cluster's version and feature gates allow. */
export interface HpaCluster {
  /** The minor that runs there, for example '1.36': it decides what is left out below. @default not known */
  readonly kubernetes?: string;
  /** The feature gate HPAScaleToZero is on. @default from Kubernetes 1.37 on, where it is on by default */
  readonly scaleToZero?: boolean;
  /** `behavior` may hold a tolerance. @default from Kubernetes 1.35 on, and where the version is not known */
  readonly tolerance?: boolean;
}

export interface CompiledHpa {
  /** Empty where a clause is refused. */
  readonly manifests: readonly HorizontalPodAutoscaler[];
  /** For `externalRules` of prometheus-adapter's file; as many as manifests. */
  readonly adapterRules: readonly AdapterRule[];
  readonly fidelity: readonly ClauseFidelity[];
}

/** @see https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/ */
export interface HorizontalPodAutoscaler {
  readonly apiVersion: 'autoscaling/v2';
  readonly kind: 'HorizontalPodAutoscaler';
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly scaleTargetRef: ScaleTargetRef;
    readonly minReplicas: number;
    readonly maxReplicas: number;
    readonly metrics: readonly ExternalMetric[];
    readonly behavior: HpaBehavior;
  };
}

/** The Deployment whose count an autoscaler owns. */
export interface ScaleTargetRef {
  readonly apiVersion: 'apps/v1';
  readonly kind: 'Deployment';
  readonly name: string;
}

export interface ExternalMetric {
  readonly type: 'External';
  readonly external: {
    readonly metric: { readonly name: string };
    readonly target: { readonly type: 'AverageValue'; readonly averageValue: string };
  };
}

/** @see https://github.com/kubernetes-sigs/prometheus-adapter/blob/master/docs/externalmetrics.md */
export interface AdapterRule {
  /** The series whose presence makes the metric known. */
  readonly seriesQuery: string;
  /** The metric belongs to a queue, not to a namespace. */
  readonly resources: { readonly namespaced: false };
  readonly name: { readonly matches: '^.*$'; readonly as: string };
  readonly metricsQuery: string;
}
