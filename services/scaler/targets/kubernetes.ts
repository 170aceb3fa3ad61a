import type { DeploymentTarget, HpaTarget } from '@sluice/policy';

/** What is scaled. */
export interface ReplicaTarget {
  /** The count that is wanted now (spec.replicas). */
  read(signal: AbortSignal): Promise<Observed>;
  /**
   * Asks for another count, provided nothing changed since `observed`; `conflict` when something did: read
   * again and decide again.
   */
  write(replicas: number, observed: Observed, signal: AbortSignal): Promise<'written' | 'conflict'>;
  /** Lets go of what it holds. Resolves when nothing of it runs any more. */
  stop(): Promise<void>;
}

/** The replica count of a target, as it was read. */
export interface Observed {
  readonly current: number;
  /** The version the count was read at, where the target has one. */
  readonly version?: string;
  /** The object's own identity, for Events about it. */
  readonly uid?: string;
}

/** What Kubernetes knows an object by. */
export interface Named {
  readonly name: string;
  readonly namespace: string;
}

/** The part of an object's metadata that a write is guarded by. */
interface MetadataLike {
  name?: string;
  namespace?: string;
  resourceVersion?: string;
  uid?: string;
}

/** A count in an object of Kubernetes; errors carry the HTTP status as `code`. */
interface CountField {
  read(signal: AbortSignal): Promise<{ readonly metadata?: MetadataLike; readonly count: number }>;
  /** `guard` belongs into the metadata of what is sent: with it the API server refuses a lost update. */
  write(count: number, guard: MetadataLike, signal: AbortSignal): Promise<unknown>;
}

/** A target whose writes hold only for the version that was read; without one nothing is written. */
function versionedTarget(field: CountField): ReplicaTarget {
  const read = async (signal: AbortSignal): Promise<Observed> => {
    const { metadata, count } = await field.read(signal);
    return {
      current: count,
      ...(metadata?.resourceVersion !== undefined && { version: metadata.resourceVersion }),
      ...(metadata?.uid !== undefined && { uid: metadata.uid }),
    };
  };
  const write = async (replicas: number, { version, uid }: Observed, signal: AbortSignal) => {
    if (version === undefined) throw new Error('a count without a resourceVersion must not be written');
    const guard = { resourceVersion: version, ...(uid !== undefined && { uid }) };
    try {
      await field.write(replicas, guard, signal);
      return 'written';
    } catch (error) {
      if (statusOf(error) === 409) return 'conflict';
      throw error;
    }
  };
  return { read, write, stop: async () => {} };
}

/** The HTTP status of a client error, if it is one. */
export const statusOf = (error: unknown): number | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : undefined;

/** The part of a Kubernetes Scale that matters; `spec.replicas` is absent at 0. */
export interface ScaleLike {
  metadata?: MetadataLike;
  spec?: { replicas?: number };
}

/** The /scale subresource. */
export interface ScaleApiLike {
  readScale(target: Named, signal: AbortSignal): Promise<ScaleLike>;
  replaceScale(target: Named, body: ScaleLike, signal: AbortSignal): Promise<ScaleLike>;
}

/** A Deployment, by get and update of its /scale alone. */
export function deploymentTarget({ name, namespace }: DeploymentTarget, api: ScaleApiLike): ReplicaTarget {
  const target = { name, namespace };
  return versionedTarget({
    read: async (signal) => {
      const { metadata, spec } = await api.readScale(target, signal);
      return { ...(metadata !== undefined && { metadata }), count: spec?.replicas ?? 0 };
    },
    write: (replicas, guard, signal) =>
      api.replaceScale(target, { metadata: { ...target, ...guard }, spec: { replicas } }, signal),
  });
}

/** The part of a HorizontalPodAutoscaler that matters; the API server fills in an absent minimum: 1. */
export interface AutoscalerLike {
  metadata?: MetadataLike;
  spec?: { minReplicas?: number };
}

/** The part of the API that reads and writes HPAs. */
export interface AutoscalerApiLike {
  readAutoscaler(target: Named, signal: AbortSignal): Promise<AutoscalerLike>;
  /** A merge patch: what is not in it stays, fields that this client does not know as well. */
  patchAutoscaler(target: Named, patch: AutoscalerLike, signal: AbortSignal): Promise<AutoscalerLike>;
}

/** The minimum of an HPA, by get and patch of the HPA; the count above it stays the HPA's. */
export function hpaTarget({ name, namespace }: HpaTarget, api: AutoscalerApiLike): ReplicaTarget {
  const target = { name, namespace };
  return versionedTarget({
    read: async (signal) => {
      const { metadata, spec } = await api.readAutoscaler(target, signal);
      return { ...(metadata !== undefined && { metadata }), count: spec?.minReplicas ?? 1 };
    },
    write: (minReplicas, metadata, signal) =>
      api.patchAutoscaler(target, { metadata, spec: { minReplicas } }, signal),
  });
}
