import { statusOf } from '../targets/kubernetes.ts';
import type { LeaseRecord } from './lease-rules.ts';

/** A Lease as stored, with what travels in it. */
export interface StoredLease extends LeaseRecord {
  readonly transitions: number;
  /** Epoch milliseconds; undefined when no scaler ever held it. */
  readonly acquiredAt?: number;
  /** The histories' annotation. */
  readonly history?: string;
}

export type LeaseContent = Omit<StoredLease, 'version'> & { readonly renewedAt: number };

/** Another candidate wrote first. */
export class LeaseConflict extends Error {
  override readonly name = 'LeaseConflict';
}

/** Where the Lease is kept: a compare-and-set register. */
export interface LeaseStore {
  read(signal: AbortSignal): Promise<StoredLease | undefined>;
  /** Creates it when `replaces` is undefined. @throws {LeaseConflict} when it is not at that version any more */
  write(content: LeaseContent, replaces: string | undefined, signal: AbortSignal): Promise<StoredLease>;
}

/** The annotation of the Lease that holds what the leader remembers. */
export const HISTORY_ANNOTATION = 'sluice.dev/history';

/** The part of a Kubernetes Lease that matters; instants as RFC 3339 with microseconds, or Dates. */
export interface LeaseLike {
  metadata?: {
    name?: string;
    namespace?: string;
    resourceVersion?: string;
    annotations?: Record<string, string>;
  };
  spec?: {
    holderIdentity?: string;
    leaseDurationSeconds?: number;
    leaseTransitions?: number;
    acquireTime?: Date | string;
    renewTime?: Date | string;
  };
}

/** Errors carry the HTTP status as `code`. */
export interface LeaseApiLike {
  readLease(signal: AbortSignal): Promise<LeaseLike>;
  createLease(body: LeaseLike, signal: AbortSignal): Promise<LeaseLike>;
  replaceLease(body: LeaseLike, signal: AbortSignal): Promise<LeaseLike>;
}

/** The namespace and the name of a Lease. */
export interface LeaseName {
  readonly name: string;
  readonly namespace: string;
}

/**
 * A coordination.k8s.io/v1 Lease as the compare-and-set register; resourceVersion is the version. Foreign
 * annotations and labels are those of the manifest that made the Lease: they are kept.
 */
export function kubeLease({ name, namespace }: LeaseName, api: LeaseApiLike): LeaseStore {
  let known: LeaseLike = {};
  const keep = (lease: LeaseLike): StoredLease => {
    known = lease;
    return toStored(lease);
  };
  const read = async (signal: AbortSignal): Promise<StoredLease | undefined> => {
    try {
      return keep(await api.readLease(signal));
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  };
  const write = async (content: LeaseContent, replaces: string | undefined, signal: AbortSignal) => {
    const body = toLease(content, { name, namespace }, replaces === undefined ? {} : known, replaces);
    try {
      return keep(
        await (replaces === undefined ? api.createLease(body, signal) : api.replaceLease(body, signal)),
      );
    } catch (error) {
      throw statusOf(error) === 409 ? new LeaseConflict() : error;
    }
  };
  return { read, write };
}

function toLease(
  content: LeaseContent,
  named: LeaseName,
  known: LeaseLike,
  version: string | undefined,
): LeaseLike {
  const { [HISTORY_ANNOTATION]: _, ...foreign } = known.metadata?.annotations ?? {};
  const annotations = {
    ...foreign,
    ...(content.history !== undefined && { [HISTORY_ANNOTATION]: content.history }),
  };
  return {
    metadata: {
      ...known.metadata,
      ...named,
      annotations,
      ...(version !== undefined && { resourceVersion: version }),
    },
    spec: {
      holderIdentity: content.holder,
      leaseDurationSeconds: Math.ceil(content.durationMs / 1000),
      leaseTransitions: content.transitions,
      acquireTime: new Date(content.acquiredAt ?? content.renewedAt),
      renewTime: new Date(content.renewedAt),
    },
  };
}

/** @throws Error when the server left out the version: nothing could be guarded with it */
function toStored({ metadata, spec }: LeaseLike): StoredLease {
  const version = metadata?.resourceVersion;
  if (version === undefined) throw new Error('the Lease came without a resourceVersion');
  const history = metadata?.annotations?.[HISTORY_ANNOTATION];
  return {
    holder: spec?.holderIdentity ?? '',
    durationMs: (spec?.leaseDurationSeconds ?? 0) * 1000,
    transitions: spec?.leaseTransitions ?? 0,
    version,
    ...(spec?.acquireTime !== undefined && { acquiredAt: new Date(spec.acquireTime).getTime() }),
    ...(history !== undefined && { history }),
  };
}
