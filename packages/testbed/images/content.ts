/** What an image is made of, as one word: the same inputs are the same image, whenever they were built. */
import { createHash, type Hash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

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
