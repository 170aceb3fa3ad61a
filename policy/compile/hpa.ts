import { baseOf } from '../decide/decide.ts';
import type { BasePolicy } from '../policy.ts';
import { ScalerConfigError, workloadFaults } from './check-scaler-config.ts';
import { judge, refusals } from './fidelity.ts';
import { hpaBehavior } from './hpa-behavior.ts';
import { hpaDialect } from './hpa-dialect.ts';
import { isSelector, messagesPerReplica, quantity, workQuery } from './hpa-metric.ts';
import type {
  AdapterRule,
  CompiledHpa,
  HorizontalPodAutoscaler,
  HpaCluster,
  HpaWorkload,
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
): HorizontalPodAutoscaler {
  const { minReplicas, maxReplicas, behavior } = policy;
  const { tolerance } = capabilitiesOf(cluster);
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name, namespace: target.namespace },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: target.name },
      minReplicas,
      maxReplicas,
      metrics: [
        {
          type: 'External',
          external: {
            metric: { name: metricName(name) },
            target: { type: 'AverageValue', averageValue: quantity(messagesPerReplica(policy) ?? 0) },
          },
        },
      ],
      behavior: hpaBehavior(behavior, maxReplicas, tolerance),
    },
  };
}

const metricName = (workload: string): string => `backlog-${workload}`;

const adapterRule = ({ name, source }: HpaWorkload, staleAfterSeconds: number): AdapterRule => ({
  seriesQuery: source.readyQuery,
  resources: { namespaced: false },
  name: { matches: '^.*$', as: metricName(name) },
  metricsQuery: workQuery(source, staleAfterSeconds),
});
