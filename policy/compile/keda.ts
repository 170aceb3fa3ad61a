import { DNS_NAME, isDnsName } from '../bounds.ts';
import { baseOf } from '../decide/decide.ts';
import { ScalerConfigError, workloadFaults } from './check-scaler-config.ts';
import { judge, refusals } from './fidelity.ts';
import { hpaBehavior } from './hpa-behavior.ts';
import { kedaDialect } from './keda-dialect.ts';
import { authentication, triggersOf } from './keda-triggers.ts';
import type { CompiledKeda, KedaCluster, KedaWorkload, ScaledObject } from './keda-types.ts';
import { capabilitiesOf, kubernetesFaults } from './kubernetes-version.ts';

/**
 * @throws {ScalerConfigError} with every fault of the workload but the refused clauses, which are listed in
 * `fidelity`
 */
export function compileKeda(workload: KedaWorkload, cluster: KedaCluster): CompiledKeda {
  const faults = [
    ...workloadFaults(workload),
    ...kedaFaults(workload, cluster),
    ...kubernetesFaults(cluster),
  ];
  if (faults.length > 0) throw new ScalerConfigError(faults);
  const fidelity = judge(workload.name, workload.policy, kedaDialect(workload, cluster));
  if (refusals(fidelity).length > 0) return { manifests: [], fidelity };
  return { manifests: [scaledObject(workload, cluster), ...loginOf(workload, cluster)], fidelity };
}

const loginOf = ({ source, target }: KedaWorkload, { credentials }: KedaCluster) =>
  source.kind === 'management' && credentials !== undefined
    ? authentication(target, source.username, credentials)
    : [];

/** As long as the own scaler's. */
const MAX_POLL_SECONDS = 3600;

function kedaFaults(
  { source, target }: KedaWorkload,
  { pollSeconds, credentials }: KedaCluster,
): readonly string[] {
  const holds: readonly (readonly [boolean, string])[] = [
    [target?.kind === 'deployment', "'target.kind' must be 'deployment' for KEDA"],
    [
      ['management', 'prometheus', 'clock'].includes(source?.kind),
      "'source.kind' must be 'management', 'prometheus' or 'clock' for KEDA",
    ],
    [
      source === undefined || !('caFile' in source),
      "'source.caFile' must be absent for KEDA, whose operator reads no file of a workload",
    ],
    [
      source?.kind !== 'management' || credentials !== undefined,
      "'credentials' must name a Secret where KEDA asks the broker itself",
    ],
    [
      credentials === undefined || isDnsName(credentials),
      `'credentials' (${JSON.stringify(credentials)}) ${DNS_NAME}`,
    ],
    [
      Number.isInteger(pollSeconds) && pollSeconds >= 1 && pollSeconds <= MAX_POLL_SECONDS,
      `'pollSeconds' (${pollSeconds}) must be an integer of at least 1 and at most ${MAX_POLL_SECONDS}`,
    ],
  ];
  return holds.filter(([held]) => !held).map(([, fault]) => fault);
}

function scaledObject(workload: KedaWorkload, cluster: KedaCluster): ScaledObject {
  const { pollSeconds } = cluster;
  const { tolerance } = capabilitiesOf(cluster);
  const { minReplicas, maxReplicas, behavior } = baseOf(workload.policy);
  const { target } = workload;
  return {
    apiVersion: 'keda.sh/v1alpha1',
    kind: 'ScaledObject',
    metadata: { name: target.name, namespace: target.namespace },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: target.name },
      pollingInterval: pollSeconds,
      // From the last poll that saw a message, as the scale-down window counts from the last that wanted more.
      cooldownPeriod: Math.ceil(behavior.scaleDown.stabilizationWindowSeconds),
      minReplicaCount: minReplicas,
      maxReplicaCount: maxReplicas,
      triggers: triggersOf(workload),
      advanced: {
        horizontalPodAutoscalerConfig: { behavior: hpaBehavior(behavior, maxReplicas, tolerance) },
      },
    },
  };
}
