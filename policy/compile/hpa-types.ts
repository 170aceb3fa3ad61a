import type { Policy } from '../policy.ts';
import type { ClauseFidelity } from './fidelity.ts';
import type { HpaBehavior } from './hpa-behavior.ts';
import type { DeploymentTarget, PrometheusSource } from './scaler-config.ts';

/** One Deployment, followed by an HPA on a metric that prometheus-adapter serves. */
export interface HpaWorkload {
  /** Unique in the cluster; names the metric. The HPA has the name of its target. */
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
  readonly manifests: readonly HorizontalPodAutoscaler<ExternalMetric>[];
  /** For `externalRules` of prometheus-adapter's file; as many as manifests. */
  readonly adapterRules: readonly AdapterRule[];
  readonly fidelity: readonly ClauseFidelity[];
}

/** @see https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/ */
export interface HorizontalPodAutoscaler<Metric extends HpaMetric = HpaMetric> {
  readonly apiVersion: 'autoscaling/v2';
  readonly kind: 'HorizontalPodAutoscaler';
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly scaleTargetRef: ScaleTargetRef;
    /** Absent where someone else writes it: the own scaler, by a schedule. */
    readonly minReplicas?: number;
    readonly maxReplicas: number;
    readonly metrics: readonly Metric[];
    readonly behavior: HpaBehavior;
  };
}

/** What has a replica count that an autoscaler can own, and the API that serves it. */
export const SCALABLE = { Deployment: 'apps/v1', Rollout: 'argoproj.io/v1alpha1' } as const;

/** Whose count an autoscaler owns. */
export interface ScaleTargetRef {
  readonly apiVersion: (typeof SCALABLE)[keyof typeof SCALABLE];
  readonly kind: keyof typeof SCALABLE;
  readonly name: string;
}

/** What an HPA follows. */
export type HpaMetric = ExternalMetric | ResourceMetric;

/** A metric of prometheus-adapter: its value is shared among the replicas. */
export interface ExternalMetric {
  readonly type: 'External';
  readonly external: {
    readonly metric: {
      readonly name: string;
      /** The labels of the series that are meant. @default all of the name */
      readonly selector?: { readonly matchLabels: Readonly<Record<string, string>> };
    };
    /** A quantity in the form the API server gives back. */
    readonly target: { readonly type: 'AverageValue'; readonly averageValue: string };
  };
}

/** The use of a resource, as a share (percent) of what a pod asks for; metrics-server tells. */
export interface ResourceMetric {
  readonly type: 'Resource';
  readonly resource: {
    readonly name: 'cpu' | 'memory';
    readonly target: { readonly type: 'Utilization'; readonly averageUtilization: number };
  };
}

/**
 * How prometheus-adapter makes an external metric of series: for `rules.external` of its chart, or `externalRules` of
 * its file.
 * @see https://github.com/kubernetes-sigs/prometheus-adapter/blob/master/docs/externalmetrics.md
 */
export interface AdapterRule {
  /** The series whose presence makes the metric known. */
  readonly seriesQuery: string;
  /** Whether an HPA sees the series of its own namespace alone, by their label `namespace`. */
  readonly resources:
    | { readonly namespaced: false }
    | { readonly overrides: { readonly namespace: { readonly resource: 'namespace' } } };
  /** Parts of the series' name, and the metric's name made of them. */
  readonly name: { readonly matches: string; readonly as: string };
  readonly metricsQuery: string;
}
