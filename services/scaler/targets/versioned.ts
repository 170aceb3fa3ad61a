import type { Observed, ReplicaTarget } from './target.ts';

/** What Kubernetes knows an object by. */
export interface Named {
  readonly name: string;
  readonly namespace: string;
}

/** The part of an object's metadata that a write is guarded by. */
export interface MetadataLike {
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
export function versionedTarget(field: CountField): ReplicaTarget {
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
