import { baseOf } from '../../decide/decide.ts';
import type { BasePolicy, Policy } from '../../policy.ts';
import {
  assessFidelity,
  type ClauseFidelity,
  capabilitiesOf,
  kubernetesFaults,
  refusals,
} from '../fidelity.ts';
import { ScalerConfigError, workloadFaults } from '../scaler/check.ts';
import type { DeploymentTarget, PrometheusSource } from '../scaler/file.ts';
import { isSelector, messagesPerReplica, quantity, workQuery } from './metric.ts';
import { type HpaBehavior, hpaBehavior, hpaSupport } from './support.ts';

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

/** What an HPA needs in the cluster, and how exactly it keeps the policy. */
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
    /** Absent where another controller writes it: Sluice's scaler, by a schedule. */
    readonly minReplicas?: number;
    readonly maxReplicas: number;
    readonly metrics: readonly Metric[];
    readonly behavior: HpaBehavior;
  };
}

/** What has a replica count that an autoscaler can own, and the API that serves it. */
export const SCALABLE = { Deployment: 'apps/v1', Rollout: 'argoproj.io/v1alpha1' } as const;

/** The object whose replica count an autoscaler owns. */
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
    /** A quantity in the form the API server returns. */
    readonly target: { readonly type: 'AverageValue'; readonly averageValue: string };
  };
}

/** The use of a resource, as a share (percent) of what a pod requests; metrics-server reports it. */
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

/**
 * @throws {ScalerConfigError} with every fault of the workload but the refused clauses, which are listed in
 * `fidelity`
 */
export function compileHpa(workload: HpaWorkload, cluster: HpaCluster = {}): CompiledHpa {
  const faults = [...workloadFaults(workload), ...hpaFaults(workload), ...kubernetesFaults(cluster)];
  if (faults.length > 0) throw new ScalerConfigError(faults);
  const { name, policy, source } = workload;
  const fidelity = assessFidelity(name, policy, hpaSupport(source, cluster));
  if (refusals(fidelity).length > 0) return { manifests: [], adapterRules: [], fidelity };
  const base = baseOf(policy);
  return {
    manifests: [autoscaler(workload, base, cluster)],
    adapterRules: [adapterRule(workload, base.staleAfterSeconds)],
    fidelity,
  };
}

function hpaFaults({ source, target }: HpaWorkload): readonly string[] {
  if (source?.kind !== 'prometheus') return ["'source.kind' must be 'prometheus' for an HPA"];
  const queries = { readyQuery: source.readyQuery, unackedQuery: source.unackedQuery ?? source.readyQuery };
  const calculated = Object.entries(queries)
    .filter(([, query]) => typeof query === 'string' && query !== '' && !isSelector(query))
    .map(([key, query]) => `'source.${key}' (${query}) must be one plain series selector for an HPA`);
  return target?.kind === 'deployment'
    ? calculated
    : [...calculated, "'target.kind' must be 'deployment' for an HPA"];
}

function autoscaler(
  { name, target }: HpaWorkload,
  policy: BasePolicy,
  cluster: HpaCluster,
): HorizontalPodAutoscaler<ExternalMetric> {
  const { minReplicas, maxReplicas, behavior } = policy;
  const { tolerance } = capabilitiesOf(cluster);
  return horizontalPodAutoscaler({
    ...{ name: target.name, namespace: target.namespace, target: 'Deployment', minReplicas, maxReplicas },
    metrics: [externalMetric({ name: metricName(name) }, messagesPerReplica(policy) ?? 0)],
    behavior: hpaBehavior(behavior, maxReplicas, tolerance),
  });
}

/** What an HPA is made of. */
export interface AutoscalerParts<Metric extends HpaMetric = HpaMetric> {
  /** The name of the HPA and of the object that it scales. */
  readonly name: string;
  readonly namespace: string;
  readonly target: keyof typeof SCALABLE;
  /** Undefined where another controller writes it. */
  readonly minReplicas: number | undefined;
  readonly maxReplicas: number;
  readonly metrics: readonly Metric[];
  readonly behavior: HpaBehavior;
}

/** The one place that writes an HPA: those of queue workers and those of web services. */
export function horizontalPodAutoscaler<Metric extends HpaMetric>(
  parts: AutoscalerParts<Metric>,
): HorizontalPodAutoscaler<Metric> {
  const { name, namespace, target, minReplicas, maxReplicas, metrics, behavior } = parts;
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, namespace },
    spec: {
      scaleTargetRef: { apiVersion: SCALABLE[target], kind: target, name },
      ...(minReplicas !== undefined && { minReplicas }),
      ...{ maxReplicas, metrics, behavior },
    },
  };
}

/** What an HPA asks prometheus-adapter for, and how much of it one replica is meant to have. */
export const externalMetric = (
  metric: ExternalMetric['external']['metric'],
  perReplica: number,
): ExternalMetric => ({
  type: 'External',
  external: { metric, target: { type: 'AverageValue', averageValue: quantity(perReplica) } },
});

const metricName = (workload: string): string => `backlog-${workload}`;

/** The one place that writes a rule of prometheus-adapter; `namespaced`: an HPA sees its own namespace alone. */
export const externalRule = ({
  namespaced,
  ...rule
}: Omit<AdapterRule, 'resources'> & { readonly namespaced: boolean }): AdapterRule => ({
  ...rule,
  resources: namespaced ? { overrides: { namespace: { resource: 'namespace' } } } : { namespaced: false },
});

/** The metric belongs to a queue, not to a namespace. */
const adapterRule = ({ name, source }: HpaWorkload, staleAfterSeconds: number): AdapterRule =>
  externalRule({
    seriesQuery: source.readyQuery,
    namespaced: false,
    name: { matches: '^.*$', as: metricName(name) },
    metricsQuery: workQuery(source, staleAfterSeconds),
  });
