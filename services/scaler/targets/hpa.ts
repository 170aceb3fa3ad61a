import type { HpaTarget } from '@sluice/policy';
import type { ReplicaTarget } from './target.ts';
import { type MetadataLike, type Named, versionedTarget } from './versioned.ts';

/** The part of a HorizontalPodAutoscaler that matters; the API server fills in an absent minimum: 1. */
export interface AutoscalerLike {
  metadata?: MetadataLike;
  spec?: { minReplicas?: number };
}

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
