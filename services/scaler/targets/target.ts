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

export interface Observed {
  readonly current: number;
  /** The version the count was read at, where the target has one. */
  readonly version?: string;
  /** The object's own identity, for Events about it. */
  readonly uid?: string;
}
