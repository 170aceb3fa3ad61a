import { DNS_NAME, isDnsName } from '../../bounds.ts';
import { baseOf } from '../../decide/decide.ts';
import type { Policy } from '../../policy.ts';
import {
  assessFidelity,
  type ClauseFidelity,
  capabilitiesOf,
  kubernetesFaults,
  refusals,
} from '../fidelity.ts';
import type { ScaleTargetRef } from '../hpa/compile.ts';
import { type HpaBehavior, hpaBehavior } from '../hpa/support.ts';
import { ScalerConfigError, workloadFaults } from '../scaler/check.ts';
import type {
  ClockSource,
  DeploymentTarget,
  ManagementSource,
  PrometheusSource,
  RedisSource,
} from '../scaler/file.ts';
import { kedaSupport } from './support.ts';
import { authentication, triggersOf } from './triggers.ts';

/** One Deployment, followed by KEDA: its operator between 0 and 1, the HPA it makes above. */
export interface KedaWorkload {
  /** For messages; the ScaledObject has the name of its target. */
  readonly name: string;
  /**
   * The broker itself (a rabbitmq trigger), Redis itself (a redis trigger for each list of the queue), what Prometheus
   * scraped (a prometheus trigger), or nothing but the windows of a timetable (cron triggers).
   */
  readonly source: ManagementSource | PrometheusSource | RedisSource | ClockSource;
  readonly target: DeploymentTarget;
  readonly policy: Policy;
}

/** What KEDA finds in a cluster. */
export interface KedaCluster {
  /** Seconds between two questions of KEDA's operator. The HPA asks on its own, every 15 s. */
  readonly pollSeconds: number;
  /** Secret in the target's namespace with the `password` of the source's user; a rabbitmq trigger needs it, and a redis one with a user. */
  readonly credentials?: string;
  /** The minor that runs there, for example '1.36'. @default not known */
  readonly kubernetes?: string;
  /** `behavior` may hold a tolerance. @default from Kubernetes 1.35 on, and where the version is not known */
  readonly tolerance?: boolean;
}

/** What KEDA needs in the cluster, and how exactly it keeps the policy. */
export interface CompiledKeda {
  /** Empty where a clause is refused. */
  readonly manifests: readonly (ScaledObject | TriggerAuthentication | LoginName)[];
  readonly fidelity: readonly ClauseFidelity[];
}

/** @see https://keda.sh/docs/2.20/reference/scaledobject-spec/ */
export interface ScaledObject {
  readonly apiVersion: 'keda.sh/v1alpha1';
  readonly kind: 'ScaledObject';
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly scaleTargetRef: ScaleTargetRef;
    readonly pollingInterval: number;
    readonly cooldownPeriod: number;
    readonly minReplicaCount: number;
    readonly maxReplicaCount: number;
    readonly triggers: readonly Trigger[];
    readonly advanced: { readonly horizontalPodAutoscalerConfig: { readonly behavior: HpaBehavior } };
  };
}

/** @see https://keda.sh/docs/2.20/scalers/ */
export interface Trigger {
  readonly type: 'rabbitmq' | 'redis' | 'redis-sentinel' | 'redis-cluster' | 'prometheus' | 'cron';
  readonly metricType: 'AverageValue';
  readonly metadata: Readonly<Record<string, string>>;
  readonly authenticationRef?: { readonly name: string };
}

/** @see https://keda.sh/docs/2.20/concepts/authentication/ */
export interface TriggerAuthentication {
  readonly apiVersion: 'keda.sh/v1alpha1';
  readonly kind: 'TriggerAuthentication';
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly configMapTargetRef: readonly KeyReference[];
    readonly secretTargetRef: readonly KeyReference[];
  };
}

interface KeyReference {
  readonly parameter: string;
  readonly name: string;
  readonly key: string;
}

/** A ConfigMap with the name of KEDA's user at the broker: no secret, so that none has to be made for it. */
export interface LoginName {
  readonly apiVersion: 'v1';
  readonly kind: 'ConfigMap';
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly data: { readonly username: string };
}

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
  const fidelity = assessFidelity(workload.name, workload.policy, kedaSupport(workload, cluster));
  if (refusals(fidelity).length > 0) return { manifests: [], fidelity };
  return { manifests: [scaledObject(workload, cluster), ...loginOf(workload, cluster)], fidelity };
}

const loginOf = ({ source, target }: KedaWorkload, { credentials }: KedaCluster) =>
  (source.kind === 'management' || source.kind === 'redis') &&
  source.username !== undefined &&
  credentials !== undefined
    ? authentication(target, source.username, credentials)
    : [];

/** The same bound as that of Sluice's scaler. */
const MAX_POLL_SECONDS = 3600;

const needsLogin = (source: KedaWorkload['source'] | undefined): boolean =>
  source?.kind === 'management' || (source?.kind === 'redis' && source.username !== undefined);

function kedaFaults(
  { source, target }: KedaWorkload,
  { pollSeconds, credentials }: KedaCluster,
): readonly string[] {
  const holds: readonly (readonly [boolean, string])[] = [
    [target?.kind === 'deployment', "'target.kind' must be 'deployment' for KEDA"],
    [
      ['management', 'prometheus', 'redis', 'clock'].includes(source?.kind),
      "'source.kind' must be 'management', 'prometheus', 'redis' or 'clock' for KEDA",
    ],
    [
      source === undefined || !('caFile' in source),
      "'source.caFile' must be absent for KEDA, whose operator reads no file of a workload",
    ],
    [
      !needsLogin(source) || credentials !== undefined,
      "'credentials' must name a Secret where KEDA asks the broker or Redis itself",
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
      // Counts from the last poll that saw a message; the scale-down window counts from the last that wanted more.
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
