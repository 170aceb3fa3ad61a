import type { LeaseRecord } from './elector.ts';

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
