/** Questions to git about one work tree. */
import { spawnSync } from 'node:child_process';

/** @returns what git prints, trimmed; undefined where it refuses */
export type Git = (...args: string[]) => string | undefined;

/** Runs git in a repository and returns what it prints. @throws {Error} where git fails */
export const gitIn =
  (folder: string): Git =>
  (...args) => {
    const { status, stdout } = spawnSync('git', ['-C', folder, ...args], {
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    return status === 0 ? stdout.trim() : undefined;
  };
