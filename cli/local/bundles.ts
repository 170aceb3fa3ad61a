import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { availableParallelism, homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Command } from '@sluice/runtime/processes';

/** Services as they are in the images: one file each, with the compiled code of all beside them. */
export interface Bundles {
  command(service: string): Command;
  /** For every process that runs one of them. */
  readonly env: Readonly<Record<string, string>>;
}

/** Which services are bundled, and where the bundles are kept. */
export interface BundleOptions {
  /** Holds the sources. */
  readonly root: string;
  readonly services: readonly string[];
  /** @default $XDG_CACHE_HOME/sluice/services, else ~/.cache/sluice/services */
  readonly cache?: string;
  readonly signal?: AbortSignal;
}

/** Of one bundle. */
const BUILD_TIMEOUT_MS = 120_000;
const UNUSED_FOR_MS = 30 * 24 * 3600 * 1000;

/**
 * Builds the bundles of these services, or takes each that was built from the same sources, lock file and Node, whoever
 * asked for it with which others. Several processes may do so at once. What no process used for 30 days is removed.
 * @throws Error with what the bundler said
 */
export async function prepareBundles(options: BundleOptions): Promise<Bundles> {
  const { cache = cacheDirectory(), services } = options;
  const directory = join(cache, keyOf(options));
  await mkdir(directory, { recursive: true });
  await provide(directory, options);
  await utimes(directory, new Date(), new Date());
  await removeUnused(cache);
  const known = new Set(services);
  return {
    command: (service) => {
      if (!known.has(service)) throw new Error(`there is no bundle of '${service}'`);
      return [process.execPath, join(directory, service, 'main.mjs')];
    },
    env: compileCache(directory),
  };
}

function cacheDirectory(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'sluice', 'services');
}

const compileCache = (directory: string) => ({
  NODE_COMPILE_CACHE: join(directory, 'compiled'),
  NODE_COMPILE_CACHE_PORTABLE: '1',
});

/** Everything that a bundle is made of. */
function keyOf({ root }: BundleOptions): string {
  const hash = createHash('sha256').update(`${process.version} ${process.arch}`);
  const sources = globSync('{packages/contracts,policy,services}/**/*.{ts,json,css,js,svg}', {
    cwd: root,
    exclude: (name) => name === 'node_modules' || name.endsWith('.test.ts'),
  });
  for (const path of ['package-lock.json', ...sources.sort()])
    hash.update(`\0${path}\0`).update(readFileSync(join(root, path)));
  return hash.digest('hex').slice(0, 32);
}

/** Built beside their places by one process, and moved there when they are whole: who finds one finds all of it. */
async function provide(directory: string, { root, services, signal }: BundleOptions): Promise<void> {
  const node: RunNode = async (args, env = {}) =>
    void (await promisify(execFile)(process.execPath, args, {
      ...{ cwd: root, timeout: BUILD_TIMEOUT_MS * services.length, env: { PATH: process.env.PATH, ...env } },
      ...(signal && { signal }),
    }));
  const places = services.map((service) => ({ service, place: join(directory, service) }));
  const there = await Promise.all(places.map(({ place }) => exists(place)));
  const suffix = randomBytes(6).toString('hex');
  const missing = places
    .filter((_, index) => !there[index])
    .map((each) => ({ ...each, unfinished: `${each.place}.${suffix}` }));
  if (missing.length === 0) return;
  try {
    const wanted = missing.flatMap(({ service, unfinished }) => [service, unfinished]);
    await node([join(root, 'services', 'bundle.ts'), ...wanted]);
    for (const { place, unfinished } of missing) await moveTo(place, unfinished);
  } finally {
    for (const { unfinished } of missing) await rm(unfinished, { recursive: true, force: true });
  }
  await warmUp(
    missing.map(({ place }) => place),
    directory,
    node,
  );
}

type RunNode = (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<void>;

/** Another process may have been quicker. */
async function moveTo(place: string, unfinished: string): Promise<void> {
  await rename(unfinished, place).catch(async (error) => {
    if (!(await exists(place))) throw error;
  });
}

/** Their configuration cannot be, so each ends with 2 before it does anything, and keeps what it compiled. */
async function warmUp(places: readonly string[], directory: string, node: RunNode): Promise<void> {
  const env = { HTTP_PORT: 'none', ...compileCache(directory) };
  const waiting = places.values();
  const work = async (): Promise<void> => {
    for (const place of waiting) await node([join(place, 'main.mjs')], env).catch(expectStatus2);
  };
  // All have ended before a fault is told: none writes on.
  const outcomes = await Promise.allSettled(Array.from({ length: availableParallelism() }, work));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

function expectStatus2(error: { readonly code?: unknown }): void {
  if (error.code !== 2) throw error;
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

async function removeUnused(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const path = join(cache, name);
    const usedAt = await stat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => Number.POSITIVE_INFINITY,
    );
    if (Date.now() - usedAt > UNUSED_FOR_MS) await rm(path, { recursive: true, force: true });
  }
}
