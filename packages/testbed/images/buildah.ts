/** buildah with a storage of the test cluster's own: nothing of it shows among the machine's images. */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { corednsImage } from '../addons/dns.ts';
import { pauseImage } from '../from-source/node.ts';
import { cacheDir } from '../lib/dirs.ts';
import { withLock } from '../lib/lock.ts';
import { ensurePackages, imagePackages } from '../lib/packages.ts';
import { type Output, run } from '../lib/run.ts';
import { ensureTool, type Tool, toolDir } from '../lib/tools.ts';
import { coredns, pause } from '../tools.ts';
import { type Layer, oldLayers } from './content.ts';
import { writeScratchImage } from './scratch.ts';

/**
 * @param binary Which of the tool's. @default the one that is named after it
 * @returns the OCI archive of one static binary, cached as the tool itself is
 */
export async function toolImage(tool: Tool, reference: string, binary = tool.name): Promise<string> {
  const bin = await ensureTool(tool);
  const archive = join(cacheDir, 'images', `${basename(toolDir(tool))}-${binary}.tar`);
  if (existsSync(archive)) return archive;
  return withLock(`${archive}.lock`, async () => {
    const image = { reference, files: [join(bin, binary)], entrypoint: [`/bin/${binary}`] };
    if (!existsSync(archive)) await writeScratchImage(archive, image);
    return archive;
  });
}

/** @returns archives of the images that every cluster from source needs */
export function ensureImages(): Promise<string[]> {
  return Promise.all([toolImage(pause, pauseImage), toolImage(coredns, corednsImage)]);
}

const storage = [
  '--root',
  join(cacheDir, 'buildah'),
  '--runroot',
  '/run/sluice-buildah',
  '--storage-driver',
  'overlay',
];

/** Runs buildah, for at most so many seconds. @throws {CommandError} where it fails */
export async function buildah(args: readonly string[], seconds = 900): Promise<Output> {
  await ensurePackages(imagePackages);
  // chroot: needs no container runtime, so it works on a machine that is itself a container.
  return run(['buildah', ...storage, ...args], { env: { BUILDAH_ISOLATION: 'chroot' }, seconds });
}

/**
 * Removes what builds before yesterday left behind: stages and images that have lost their tag to a newer content.
 * What a layer of another image lies on is refused by buildah, and stays.
 */
export async function removeOldLayers(now = Date.now()): Promise<void> {
  const listed = await buildah(['images', '--json', '--filter', 'dangling=true']);
  for (const id of oldLayers(JSON.parse(listed.stdout) as Layer[], now))
    await buildah(['rmi', id]).catch(() => {});
}

const DIGEST = /@sha256:[0-9a-f]{64}$/;

/** @returns the name to build an image under: `repository:tag@sha256:...` -> `repository:tag` */
export const tagOf = (reference: string): string => reference.replace(DIGEST, '');

/**
 * @returns the name that a node looks an image up by: where a pod names tag and digest, the tag is left out. An image
 * that is built here has another digest than the one it stands in for, so no registry's rule gives it that name.
 * @see https://github.com/distribution/reference/blob/main/normalize.go (ParseDockerRef)
 */
export const lookedUpAs = (reference: string): string =>
  DIGEST.test(reference) ? reference.replace(/:[\w][\w.-]*(?=@)/, '') : reference;

/** Writes an image of the storage to an OCI archive (complete or not at all), under the name that a node looks up. */
export async function exportArchive(reference: string, archive: string): Promise<void> {
  mkdirSync(dirname(archive), { recursive: true });
  rmSync(`${archive}.partial`, { force: true });
  // Nothing carries it away: to compress it, and to open it again on the node, takes longer than to write it.
  await buildah([
    'push',
    '--quiet',
    '--disable-compression',
    tagOf(reference),
    `oci-archive:${archive}.partial:${lookedUpAs(reference)}`,
  ]);
  renameSync(`${archive}.partial`, archive);
}
