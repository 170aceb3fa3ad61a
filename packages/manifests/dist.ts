import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { ChartError } from '../contracts/checks.ts';
import type { Files } from './manifests.ts';

/** What stands in a directory against what was rendered. Paths are relative to it, sorted. */
export interface Drift {
  readonly missing: readonly string[];
  readonly changed: readonly string[];
  readonly stale: readonly string[];
}

/** Compares a directory with rendered files; reads only. @throws {ChartError} when a path leads out of it */
export function compareDist(root: string, files: Files): Drift {
  refuseEscapes(root, files);
  const present = new Set(existsSync(root) ? filesBelow(root) : []);
  const wanted = [...files.keys()].sort();
  return {
    missing: wanted.filter((path) => !present.has(path)),
    changed: wanted.filter(
      (path) => present.has(path) && readFileSync(join(root, path), 'utf8') !== files.get(path),
    ),
    stale: [...present].filter((path) => !files.has(path)).sort(),
  };
}

/** Makes the directory hold the rendered files and nothing else; touches only what differs. */
export function writeDist(root: string, files: Files): Drift {
  const drift = compareDist(root, files);
  for (const path of drift.stale) removeWithEmptyParents(root, path);
  for (const path of [...drift.missing, ...drift.changed]) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), files.get(path) ?? '');
  }
  return drift;
}

/** Whether dist/ is what would be rendered. */
export const isClean = ({ missing, changed, stale }: Drift): boolean =>
  missing.length + changed.length + stale.length === 0;

/** An empty render would delete every desired object, which is never the intention. */
function refuseEscapes(root: string, files: Files): void {
  const faults = [...files.keys()].filter(escapes).map((path) => `'${path}' leads out of ${root}`);
  if (files.size === 0) faults.push(`nothing was rendered, so ${root} would become empty`);
  const links = existsSync(root) ? linksBelow(root) : [];
  faults.push(...links.map((path) => `'${path}' is a symbolic link; files behind it are not ours to write`));
  if (faults.length > 0) throw new ChartError('Output', faults);
}

const escapes = (path: string): boolean =>
  path === '' ||
  path.includes('\\') ||
  posix.isAbsolute(path) ||
  posix.normalize(path) !== path ||
  path.startsWith('..');

const entriesBelow = (root: string) => readdirSync(root, { recursive: true, withFileTypes: true });

const filesBelow = (root: string): string[] =>
  entriesBelow(root)
    .filter((entry) => entry.isFile())
    .map((entry) => posix.relative(root, posix.join(entry.parentPath, entry.name)));

const linksBelow = (root: string): string[] => [
  ...(lstatSync(root).isSymbolicLink() ? [root] : []),
  ...entriesBelow(root)
    .filter((entry) => entry.isSymbolicLink())
    .map((entry) => posix.join(entry.parentPath, entry.name)),
];

function removeWithEmptyParents(root: string, path: string): void {
  rmSync(join(root, path));
  for (let folder = posix.dirname(path); folder !== '.'; folder = posix.dirname(folder)) {
    if (readdirSync(join(root, folder)).length > 0) return;
    rmdirSync(join(root, folder));
  }
}
