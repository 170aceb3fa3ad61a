/**
 * A stand-in for node:24-slim where no registry answers: Debian bookworm by debootstrap, and the node
 * binary of the npm package `node` that this project pins. Labelled as what it is; for tests alone.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from '../lib/dirs.ts';
import { withLock } from '../lib/lock.ts';
import { ensurePackages, imagePackages } from '../lib/packages.ts';
import { run } from '../lib/run.ts';
import { step } from '../lib/say.ts';
import { buildah } from './buildah.ts';

const nodeBinary = join(import.meta.dirname, '..', '..', '..', 'node_modules', 'node', 'bin', 'node');
const suite = 'bookworm';

/** What node needs beside minbase, and certificates for what a build downloads. */
const packages = ['libstdc++6', 'libatomic1', 'ca-certificates'];

async function build(reference: string, version: string): Promise<void> {
  const work = mkdtempSync(join(cacheDir, 'standin-'));
  try {
    const rootfs = join(work, 'rootfs');
    const include = `--include=${packages.join(',')}`;
    await run(['debootstrap', '--variant=minbase', include, suite, rootfs], { seconds: 1200 });
    rmSync(join(rootfs, 'var/cache/apt/archives'), { recursive: true, force: true });
    await run(['cp', nodeBinary, join(rootfs, 'usr/local/bin/node')]);
    const container = (await buildah(['from', 'scratch'])).stdout.trim();
    await buildah(['add', '--quiet', container, rootfs, '/']);
    const labels = {
      'org.opencontainers.image.title': 'stand-in for node:24-slim, for tests alone',
      'sluice.standin': 'true',
    };
    const label = Object.entries(labels).flatMap(([name, value]) => ['--label', `${name}=${value}`]);
    await buildah(['config', ...label, '--env', `NODE_VERSION=${version}`, '--cmd', 'node', container]);
    await buildah(['commit', '--quiet', '--rm', container, reference]);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** @returns the reference, in the bed's buildah storage, of the stand-in; built where it is not there */
export async function ensureStandin(): Promise<string> {
  await ensurePackages(imagePackages);
  if (!existsSync(nodeBinary)) await run(['npm', 'ci'], { cwd: join(nodeBinary, '../../../..') });
  const version = (await run([nodeBinary, '--version'])).stdout.trim();
  const reference = `localhost/sluice-standin/node:${version}-${suite}`;
  await withLock(join(cacheDir, 'standin.lock'), async () => {
    const known = await buildah(['images', '--quiet', '--filter', `reference=${reference}`]);
    if (known.stdout.trim() === '')
      await step(`stand-in for node:24-slim (${suite}, node ${version}; once, about 2 min)`, () =>
        build(reference, version),
      );
  });
  return reference;
}
