/** What an image is made of, as one word: the same inputs are the same image, whenever they were built. */
import { createHash, type Hash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** The files that the content of an image depends on. */
export interface Inputs {
  /** Folder that the paths are below. */
  readonly root: string;
  /** Files and folders. */
  readonly paths: readonly string[];
  /** Whether a file, by its path below the root, goes into no image. @default none */
  readonly ignored?: (path: string) => boolean;
}

function add(digest: Hash, { root, ignored }: Inputs, path: string): void {
  if (path.endsWith('node_modules') || ignored?.(path)) return;
  const place = join(root, path);
  if (statSync(place).isDirectory()) {
    for (const name of readdirSync(place).sort())
      add(digest, { root, paths: [], ...(ignored && { ignored }) }, join(path, name));
    return;
  }
  const content = readFileSync(place);
  digest.update(`${path}\0${content.length}\0`).update(content);
}

/** @returns 12 hexadecimal digits */
export function digestOf(inputs: Inputs, settings: unknown): string {
  const digest = createHash('sha256').update(JSON.stringify(settings));
  for (const path of [...inputs.paths].sort()) add(digest, inputs, path);
  return digest.digest('hex').slice(0, 12);
}

/** @returns the paths of its context that a Dockerfile copies; what comes from another stage is none */
export const copiedBy = (dockerfile: string): string[] => [
  ...new Set(
    [...dockerfile.matchAll(/^COPY +((?:(?!--from=).)+)$/gim)].flatMap(([, words = '']) =>
      words
        .split(/ +/)
        .filter((word) => !word.startsWith('--'))
        .slice(0, -1),
    ),
  ),
];

/** An archive of an image, and when a cluster last took it, in ms since the epoch. */
export interface Archive {
  readonly path: string;
  readonly usedAt: number;
}

/** So many contents of an image are kept: those of the branches that somebody works on. */
const KEPT = 3;
const WEEK_MS = 7 * 24 * 3_600_000;
/** A run beside this one may be about to load it. */
const IN_USE_MS = 3_600_000;

/** @returns the paths of archives of one image that go: those unused for a week, and all but the last three used */
export const outdated = (archives: readonly Archive[], now: number): string[] =>
  archives
    .toSorted((a, b) => b.usedAt - a.usedAt)
    .filter(({ usedAt }, index) => now - usedAt > (index < KEPT ? WEEK_MS : IN_USE_MS))
    .map(({ path }) => path);

/** An image of a builder's storage that has no tag. */
export interface Layer {
  readonly id: string;
  /** Seconds since the epoch. */
  readonly created: number;
}

const DAY_SECONDS = 24 * 3600;

/**
 * @param now milliseconds since the epoch
 * @returns the ids of layers from more than a day ago: those of today's builds make the next build quick
 */
export const oldLayers = (layers: readonly Layer[], now: number): string[] =>
  layers.filter(({ created }) => now / 1000 - created > DAY_SECONDS).map(({ id }) => id);
