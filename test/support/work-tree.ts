import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The folder of this repository. */
export const ROOT = join(import.meta.dirname, '..', '..');

/**
 * The files that git knows of and that are there, new ones too: what is in the index may be gone from the work tree
 * before it is committed.
 * @param patterns As git takes them. @default all
 */
export const workTreeFiles = (...patterns: readonly string[]): string[] =>
  execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...patterns], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
    .split('\0')
    .filter((path) => path !== '' && existsSync(join(ROOT, path)));
