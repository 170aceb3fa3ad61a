// biome-ignore lint/style/noRestrictedImports: snapshots are files, and hold no secret
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import {
  type ClusterSnapshot,
  snapshotInstant,
  snapshotName,
} from '../../packages/contracts/cluster-snapshot.ts';

const TEMPORARY = '.tmp';
/** A temporary file that a killed run has left, milliseconds. */
const LEFT_MS = 60 * 60_000;
/** Rows that become text at once. */
const ROWS = 200;

/** JSON in parts, so that the text of ten thousand pods is never whole in memory. */
function* textOf(snapshot: ClusterSnapshot): Generator<string> {
  let separator = '{';
  for (const [key, value] of Object.entries(snapshot)) {
    yield `${separator}${JSON.stringify(key)}:`;
    separator = ',';
    if (!Array.isArray(value)) {
      yield JSON.stringify(value);
      continue;
    }
    yield '[';
    for (let from = 0; from < value.length; from += ROWS) {
      const rows = JSON.stringify(value.slice(from, from + ROWS)).slice(1, -1);
      yield from === 0 ? rows : `,${rows}`;
    }
    yield ']';
  }
  yield '}';
}

/** What a run has written. */
export interface WrittenSnapshot {
  readonly file: string;
  readonly bytes: number;
  readonly removed: number;
}

/**
 * Writes a snapshot beside the others, whole or not at all: under another name, to the disk, then by a rename, which
 * replaces nothing that a reader has open. Then the oldest go. Files that are no snapshots stay.
 * @throws Error where the directory cannot be written
 */
export async function writeSnapshot(
  directory: string,
  snapshot: ClusterSnapshot,
  keep: number,
): Promise<WrittenSnapshot> {
  await mkdir(directory, { recursive: true });
  const file = snapshotName(snapshot.takenAt);
  const temporary = join(directory, `${file}.${process.pid}${TEMPORARY}`);
  try {
    const handle = await open(temporary, 'wx', 0o640);
    let bytes = 0;
    try {
      await pipeline(Readable.from(textOf(snapshot)), createGzip(), async (chunks) => {
        for await (const chunk of chunks) bytes += (await handle.write(chunk as Buffer)).bytesWritten;
      });
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, join(directory, file));
    return { file, bytes, removed: await retain(directory, snapshot.takenAt, keep) };
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Removes all but the newest, and what killed runs have left. @returns how many snapshots went */
async function retain(directory: string, now: number, keep: number): Promise<number> {
  const names = await readdir(directory);
  const snapshots = names.filter((name) => snapshotInstant(name) !== undefined).sort();
  const old = snapshots.slice(0, Math.max(0, snapshots.length - keep));
  const left = names.filter((name) => {
    const at = name.endsWith(TEMPORARY) ? snapshotInstant(name.split('.').slice(0, 3).join('.')) : undefined;
    return at !== undefined && now - at > LEFT_MS;
  });
  for (const name of [...old, ...left]) await rm(join(directory, name), { force: true });
  return old.length;
}
