import { baseOf } from '../decide/decide.ts';
import type { BasePolicy } from '../policy.ts';
import { ScalerConfigError, workloadFaults } from './check-scaler-config.ts';
import { judge, refusals } from './fidelity.ts';
import { type HpaBehavior, hpaBehavior } from './hpa-behavior.ts';
import { hpaDialect } from './hpa-dialect.ts';
import { isSelector, messagesPerReplica, quantity, workQuery } from './hpa-metric.ts';
import {
  type AdapterRule,
  type CompiledHpa,
  type ExternalMetric,
  type HorizontalPodAutoscaler,
  type HpaCluster,
  type HpaMetric,
  type HpaWorkload,
  SCALABLE,
} from './hpa-types.ts';
import { capabilitiesOf, kubernetesFaults } from './kubernetes-version.ts';

/**
 * @throws {ScalerConfigError} with every fault of the workload but the refused clauses, which are listed in
 * `fidelity`
 */
export function compileHpa(workload: HpaWorkload, cluster: HpaCluster = {}): CompiledHpa {
  const faults = [...workloadFaults(workload), ...hpaFaults(workload), ...kubernetesFaults(cluster)];
  if (faults.length > 0) throw new ScalerConfigError(faults);
  const { name, policy, source } = workload;
  const fidelity = judge(name, policy, hpaDialect(source, cluster));
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
  /** The HPA's name, and that of whose count it owns. */
  readonly name: string;
  readonly namespace: string;
  readonly target: keyof typeof SCALABLE;
  /** Undefined where someone else writes it. */
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
