import type { Policy } from '../policy.ts';
import type { ClauseFidelity } from './fidelity.ts';
import type { HpaBehavior } from './hpa-behavior.ts';
import type { ScaleTargetRef } from './hpa-types.ts';
import type { ClockSource, DeploymentTarget, ManagementSource, PrometheusSource } from './scaler-config.ts';

/** One Deployment, followed by KEDA: its operator between 0 and 1, the HPA it makes above. */
export interface KedaWorkload {
  /** For messages; the ScaledObject has the name of its target. */
  readonly name: string;
  /**
   * The broker itself (a rabbitmq trigger), what Prometheus scraped of it (a prometheus trigger), or nothing but the
   * windows of a timetable (cron triggers).
   */
  readonly source: ManagementSource | PrometheusSource | ClockSource;
  readonly target: DeploymentTarget;
  readonly policy: Policy;
}

export interface KedaCluster {
  /** Seconds between two questions of KEDA's operator. The HPA asks on its own, every 15 s. */
  readonly pollSeconds: number;
  /** Secret in the target's namespace with the `password` of the source's user; a rabbitmq trigger needs it. */
  readonly credentials?: string;
  /** The minor that runs there, for example '1.36'. @default not known */
  readonly kubernetes?: string;
  /** `behavior` may hold a tolerance. @default from Kubernetes 1.35 on, and where the version is not known */
  readonly tolerance?: boolean;
}

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
  readonly type: 'rabbitmq' | 'prometheus' | 'cron';
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
