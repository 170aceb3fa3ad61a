/** buildah with a storage of the test cluster's own: nothing of it shows among the machine's images. */
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheDir } from '../lib/dirs.ts';
import { ensurePackages, imagePackages } from '../lib/packages.ts';
import { type Output, run } from '../lib/run.ts';

const storage = [
  '--root',
  join(cacheDir, 'buildah'),
  '--runroot',
  '/run/sluice-buildah',
  '--storage-driver',
  'overlay',
];

export async function buildah(args: readonly string[], seconds = 900): Promise<Output> {
  await ensurePackages(imagePackages);
  // chroot: needs no container runtime, so it works on a machine that is itself a container.
  return run(['buildah', ...storage, ...args], { env: { BUILDAH_ISOLATION: 'chroot' }, seconds });
}

/** Writes an image of the storage to an OCI archive (complete or not at all). */
export async function exportArchive(reference: string, archive: string): Promise<void> {
  mkdirSync(dirname(archive), { recursive: true });
  rmSync(`${archive}.partial`, { force: true });
  // Nothing carries it away: to compress it, and to open it again on the node, takes longer than to write it.
  await buildah([
    'push',
    '--quiet',
    '--disable-compression',
    reference,
    `oci-archive:${archive}.partial:${reference}`,
  ]);
  renameSync(`${archive}.partial`, archive);
}
