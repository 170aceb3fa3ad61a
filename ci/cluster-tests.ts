/** Which tests on a cluster a run makes: what the change can reach, of what the tools are there. */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { MORE } from '../test/cluster/files.ts';
import { type Base, changedSince, findBase } from './base.ts';
import { gitIn } from './git.ts';
import { graphOf, reachedBy } from './reach.ts';
import type { LeftOut } from './report.ts';

export type Project = 'core' | 'more';

export const projectOf = (file: string): Project => (MORE.includes(file) ? 'more' : 'core');

export const clusterTests = (root: string): string[] =>
  globSync('test/cluster/**/*.test.ts', { cwd: root }).sort();

export interface Selection {
  readonly files: readonly string[];
  readonly leftOut: readonly LeftOut[];
  /** Undefined where everything is run. */
  readonly base: Base | undefined;
  /** What was chosen and why, for people. */
  readonly story: readonly string[];
}

/** @param requested the value of CI_BASE */
export async function selectTests(root: string, requested: string | undefined): Promise<Selection> {
  const git = gitIn(root);
  const tests = clusterTests(root);
  const base = findBase(git, requested);
  if (typeof base === 'string')
    return { files: tests, leftOut: [], base: undefined, story: [`everything is run: ${base}`] };
  const changed = changedSince(git, base.commit);
  const { reached, apart } = reachedBy(changed, tests, await graphOf(root, tests));
  const since = `since ${base.commit.slice(0, 10)} (${base.found})`;
  return {
    files: [...reached.keys()],
    leftOut: apart.map((what) => ({ what, why: `nothing that it reaches has changed ${since}` })),
    base,
    story: [
      `${changed.length} paths have changed ${since}`,
      ...[...reached].map(([file, path]) => `run: ${file}: it reaches ${path}`),
    ],
  };
}

/** Takes out the project whose tools are not built: to build them takes longer than a run may. */
export function withoutUnbuilt(selection: Selection, built: boolean): Selection {
  if (built) return selection;
  const unbuilt = selection.files.filter((file) => projectOf(file) === 'more');
  const why = `the tools of project 'more' are not built, and that takes half an hour: 'npm run test:cluster' does`;
  return {
    ...selection,
    files: selection.files.filter((file) => !unbuilt.includes(file)),
    leftOut: [...selection.leftOut, ...unbuilt.map((what) => ({ what, why }))],
  };
}

export const vitestOfCluster = (root: string): string[] => [
  'vitest',
  'run',
  '--config',
  join(root, 'test', 'cluster', 'vitest.config.ts'),
];
