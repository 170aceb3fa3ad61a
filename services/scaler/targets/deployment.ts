import type { DeploymentTarget } from '@sluice/policy';
import type { Observed, ReplicaTarget } from './target.ts';

/** The part of a Kubernetes Scale that matters; `spec.replicas` is absent at 0. */
export interface ScaleLike {
  metadata?: { name?: string; namespace?: string; resourceVersion?: string; uid?: string };
  spec?: { replicas?: number };
}

interface Named {
  readonly name: string;
  readonly namespace: string;
}

/** The /scale subresource; errors carry the HTTP status as `code`. */
export interface ScaleApiLike {
  readScale(target: Named, signal: AbortSignal): Promise<ScaleLike>;
  replaceScale(target: Named, body: ScaleLike, signal: AbortSignal): Promise<ScaleLike>;
}

/** A Deployment, by get and update of its /scale alone; the resourceVersion guards against lost updates. */
export function deploymentTarget({ name, namespace }: DeploymentTarget, api: ScaleApiLike): ReplicaTarget {
  const target = { name, namespace };
  const read = async (signal: AbortSignal): Promise<Observed> =>
    observed(await api.readScale(target, signal));
  const write = async (replicas: number, { version, uid }: Observed, signal: AbortSignal) => {
    const metadata = {
      ...target,
      ...(version !== undefined && { resourceVersion: version }),
      ...(uid !== undefined && { uid }),
    };
    try {
      await api.replaceScale(target, { metadata, spec: { replicas } }, signal);
      return 'written';
    } catch (error) {
      if (statusOf(error) === 409) return 'conflict';
      throw error;
    }
  };
  return { read, write, stop: async () => {} };
}

const observed = ({ metadata, spec }: ScaleLike): Observed => ({
  current: spec?.replicas ?? 0,
  ...(metadata?.resourceVersion !== undefined && { version: metadata.resourceVersion }),
  ...(metadata?.uid !== undefined && { uid: metadata.uid }),
});

/** The HTTP status of a client error, if it is one. */
export const statusOf = (error: unknown): number | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : undefined;
