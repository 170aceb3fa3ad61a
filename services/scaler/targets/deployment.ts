import type { DeploymentTarget } from '@sluice/policy';
import type { ReplicaTarget } from './target.ts';
import { type MetadataLike, type Named, versionedTarget } from './versioned.ts';

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
