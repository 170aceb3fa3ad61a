// biome-ignore lint/style/noRestrictedImports: snapshots are files, and hold no secret
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { messageOf } from '@sluice/runtime';
import {
  type ClusterSnapshot,
  parseSnapshot,
  snapshotInstant,
  snapshotName,
} from '../../../packages/contracts/cluster-snapshot.ts';

const unzip = promisify(gunzip);

/** A file that unpacks to more is no snapshot of a cluster that the collector reads. */
const MOST_BYTES = 64 * 1024 * 1024;

/** What there is of a cluster: the latest snapshot, and the instants of all of them. */
export interface ClusterHistory {
  /** None where the collector has not run yet. */
  readonly latest?: ClusterSnapshot;
  /** Epoch milliseconds, the newest first. */
  readonly instants: readonly number[];
}

/** The snapshots of a directory, which the collector writes. */
export class SnapshotFolder {
  readonly #directory: string;
  #latest: ClusterSnapshot | undefined;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** A file is read once: a snapshot never changes. @throws Error where the directory or the latest file cannot be read */
  async read(): Promise<ClusterHistory> {
    const names = await readdir(this.#directory);
    const instants = names
      .map(snapshotInstant)
      .filter((at) => at !== undefined)
      .sort((a, b) => b - a);
    const [newest] = instants;
    if (newest !== undefined && this.#latest?.takenAt !== newest) this.#latest = await this.at(newest);
    return { instants, ...(newest !== undefined && this.#latest && { latest: this.#latest }) };
  }

  /** The snapshot of an instant. @throws Error where there is none, or it cannot be read */
  async at(instant: number): Promise<ClusterSnapshot> {
    const name = snapshotName(instant);
    try {
      const packed = await readFile(join(this.#directory, name));
      const text = (await unzip(packed, { maxOutputLength: MOST_BYTES })).toString();
      // The file's name has whole seconds.
      return { ...parseSnapshot(text), takenAt: instant };
    } catch (error) {
      throw new Error(`${name}: ${messageOf(error)}`);
    }
  }
}
