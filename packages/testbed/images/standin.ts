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

/**
 * @returns for each ARG before the first FROM that a FROM uses as its image: ARG name -> default,
 * e.g. `{ BASE: 'docker.io/library/node:24-slim' }`
 * @see https://docs.docker.com/reference/dockerfile/#understand-how-arg-and-from-interact
 */
export function baseArguments(dockerfile: string): Record<string, string> {
  const lines = dockerfile.split('\n').map((line) => line.trim());
  const first = lines.findIndex((line) => /^FROM\s/i.test(line));
  const used = lines.flatMap((line) => /^FROM\s+(?:--\S+\s+)*\$\{?(\w+)/i.exec(line)?.[1] ?? []);
  const declared = lines.slice(0, Math.max(first, 0)).flatMap((line) => {
    const [, name, value = ''] = /^ARG\s+(\w+)(?:=(\S+))?/i.exec(line) ?? [];
    return name !== undefined && used.includes(name) ? [[name, value]] : [];
  });
  return Object.fromEntries(declared);
}

/** @returns the host of an image's registry: 'node:24' -> 'registry-1.docker.io' */
export function registryOf(image: string): string {
  const [host = ''] = image.split('/');
  const named = image.includes('/') && /[.:]|^localhost$/.test(host);
  return named && host !== 'docker.io' ? host : 'registry-1.docker.io';
}

const nodeBinary = join(import.meta.dirname, '..', '..', '..', 'node_modules', 'node', 'bin', 'node');
const suite = 'bookworm';
const npm = 'npm@11.21.2';

/** What node needs beside minbase, and certificates for what a build downloads. */
const packages = ['libstdc++6', 'libatomic1', 'ca-certificates'];

/** Counts up when this file changes what it makes. */
const recipe = 2;

/** node:24-slim has npm and a user `node` (1000) too, and Dockerfiles rely on both. */
async function furnish(rootfs: string): Promise<void> {
  await run(['cp', nodeBinary, join(rootfs, 'usr/local/bin/node')]);
  await run([
    'npm',
    'install',
    '--global',
    '--no-audit',
    '--no-fund',
    '--prefix',
    join(rootfs, 'usr/local'),
    npm,
  ]);
  await run(['chroot', rootfs, 'groupadd', '--gid', '1000', 'node']);
  await run(['chroot', rootfs, 'useradd', '--uid', '1000', '--gid', 'node', '--create-home', 'node']);
}

async function build(reference: string, version: string): Promise<void> {
  const work = mkdtempSync(join(cacheDir, 'standin-'));
  try {
    const rootfs = join(work, 'rootfs');
    const include = `--include=${packages.join(',')}`;
    await run(['debootstrap', '--variant=minbase', include, suite, rootfs], { seconds: 1200 });
    rmSync(join(rootfs, 'var/cache/apt/archives'), { recursive: true, force: true });
    await furnish(rootfs);
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

/** @returns the reference, in the test cluster's buildah storage, of the stand-in; built where it is not there */
export async function ensureStandin(): Promise<string> {
  await ensurePackages(imagePackages);
  if (!existsSync(nodeBinary)) await run(['npm', 'ci'], { cwd: join(nodeBinary, '../../../..') });
  const version = (await run([nodeBinary, '--version'])).stdout.trim();
  const reference = `localhost/sluice-standin/node:${version}-${suite}-${recipe}`;
  await withLock(join(cacheDir, 'standin.lock'), async () => {
    const known = await buildah(['images', '--quiet', '--filter', `reference=${reference}`]);
    if (known.stdout.trim() === '')
      await step(`stand-in for node:24-slim (${suite}, node ${version}; once, about 2 min)`, () =>
        build(reference, version),
      );
  });
  return reference;
}
