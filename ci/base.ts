/** The commit that a run compares with: everything that the change since then cannot reach is left out. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Git } from './git.ts';

/** The commit that a change is compared with. */
export interface Base {
  readonly commit: string;
  /** How it was found, as the end of a sentence. */
  readonly found: string;
}

/** Commits of which every test passed, one a line, the newest last. */
export const greenFile = join(
  process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
  'sluice',
  'ci',
  'green-commits',
);

const REMEMBERED = 200;

const greenCommits = (file: string): string[] =>
  existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];

/** Notes a commit of which every test passed. */
export function recordGreen(commit: string, file = greenFile): void {
  mkdirSync(dirname(file), { recursive: true });
  const others = greenCommits(file).filter((one) => one !== commit);
  writeFileSync(file, `${[...others, commit].slice(-REMEMBERED).join('\n')}\n`);
}

/** Whether every test of a commit is known to have passed. */
export const isGreen = (commit: string, file = greenFile): boolean => greenCommits(file).includes(commit);

const commitOf = (git: Git, revision: string): string | undefined =>
  git('rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`);

/** Git hosts say zeros for the commit before a new branch. */
const isAsked = (requested: string | undefined): requested is string =>
  !!requested && !/^0+$/.test(requested);

/** A base that was asked for is never replaced by another. */
function asked(git: Git, requested: string): Base | string {
  const commit = commitOf(git, requested);
  return commit === undefined ? `'CI_BASE' (${requested}) is no revision here` : { commit, found: 'CI_BASE' };
}

function branchPoint(git: Git): Base | undefined {
  const fork = git('merge-base', 'HEAD', 'origin/main');
  if (fork === undefined || fork === commitOf(git, 'HEAD')) return undefined;
  return { commit: fork, found: 'where this branch left origin/main' };
}

function lastGreen(git: Git, file: string): Base | undefined {
  const commit = greenCommits(file)
    .reverse()
    .find((one) => git('merge-base', '--is-ancestor', one, 'HEAD') !== undefined);
  return commit === undefined ? undefined : { commit, found: 'the last commit whose tests all passed here' };
}

function mergedInto(git: Git): Base | undefined {
  const commit = commitOf(git, 'HEAD^2') && commitOf(git, 'HEAD^1');
  return commit === undefined ? undefined : { commit, found: 'what HEAD was merged into' };
}

/**
 * The first that is known of: CI_BASE, where the branch left origin/main, the last green commit of this machine,
 * the first parent of a merge. The parent of a plain commit is none: one push may bring many commits.
 * @param requested the value of CI_BASE
 * @returns why there is none, as a sentence: then everything is run
 */
export function findBase(git: Git, requested: string | undefined, file = greenFile): Base | string {
  if (isAsked(requested)) return asked(git, requested);
  const known = branchPoint(git) ?? lastGreen(git, file) ?? mergedInto(git);
  return known ?? 'no commit before this one is known to be green';
}

/** @returns paths that differ from the base, in commits, in the work tree and untracked */
export function changedSince(git: Git, base: string): string[] {
  const committed = git('-c', 'core.quotePath=false', 'diff', '--name-only', '--no-renames', base, '--');
  const untracked = git(
    '-c',
    'core.quotePath=false',
    'ls-files',
    '--others',
    '--exclude-standard',
    '--full-name',
  );
  if (committed === undefined || untracked === undefined) throw new Error(`git cannot compare with ${base}`);
  return [...new Set(`${committed}\n${untracked}`.split('\n').filter(Boolean))].sort();
}
