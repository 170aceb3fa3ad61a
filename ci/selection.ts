/** Which tests beside `npm test` a run makes: what the change can reach, of what the tools are there. */
import { filesOf, missingPrograms, SUITES, type Suite } from '../test/suites.ts';
import { type Base, changedSince, findBase } from './base.ts';
import { gitIn } from './git.ts';
import { graphOf, reachedBy } from './reach.ts';
import { READS } from './reads.ts';
import type { LeftOut } from './report.ts';

/** @returns test file -> its suite */
export const suitesByFile = (root: string): Map<string, Suite> =>
  new Map(SUITES.flatMap((suite) => filesOf(suite, root).map((file) => [file, suite] as const)));

/** A test reads the configuration that it runs with. */
export const readsOf = (suites: ReadonlyMap<string, Suite>): Record<string, readonly string[]> => ({
  ...READS,
  ...Object.fromEntries(
    [...suites].map(([file, { config }]) => [file, [...(READS[file] ?? []), config]] as const),
  ),
});

/** The test files that a change needs, and the reasons. */
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
  const suites = suitesByFile(root);
  const tests = [...suites.keys()];
  const base = findBase(git, requested);
  if (typeof base === 'string')
    return { files: tests, leftOut: [], base: undefined, story: [`everything is run: ${base}`] };
  const changed = changedSince(git, base.commit);
  const { reached, apart } = reachedBy(changed, tests, await graphOf(root, tests, readsOf(suites)));
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

/** @returns the suites of a selection */
export const suitesOf = ({ files }: Selection, root: string): Suite[] => {
  const suites = suitesByFile(root);
  return SUITES.filter((suite) => files.some((file) => suites.get(file) === suite));
};

/** Why a suite is not run. */
export interface Reason {
  readonly suite: Suite;
  readonly why: string;
}

/** @returns the suites that do not run: they take longer than a run may, or the system lacks a program */
export function notRun(suites: readonly Suite[]): Reason[] {
  return suites.flatMap((suite) => {
    const missing = missingPrograms(suite);
    if (missing.length > 0) return [{ suite, why: `this machine has no ${missing.join(' and no ')}` }];
    if (suite.inCi) return [];
    return [{ suite, why: `the suite '${suite.name}' takes longer than a run may: the nightly run has it` }];
  });
}

/** Takes out the files of suites that do not run. */
export function without(selection: Selection, reasons: readonly Reason[], root: string): Selection {
  const why = new Map(
    reasons.flatMap((one) => filesOf(one.suite, root).map((file) => [file, one.why] as const)),
  );
  const leftOut = selection.files.flatMap((what) => {
    const reason = why.get(what);
    return reason === undefined ? [] : [{ what, why: reason }];
  });
  return {
    ...selection,
    files: selection.files.filter((file) => !why.has(file)),
    leftOut: [...selection.leftOut, ...leftOut],
  };
}

/** One run of vitest: its configuration and its files. */
export interface VitestRun {
  readonly name: string;
  readonly command: readonly string[];
  readonly files: readonly string[];
  /** That have these files. */
  readonly suites: readonly Suite[];
}

/** @returns a run of vitest for each configuration that has files to run */
export function runsOf(selection: Selection, root: string): VitestRun[] {
  const suites = suitesByFile(root);
  const byConfig = Map.groupBy(selection.files, (file) => suites.get(file)?.config ?? '');
  return [...byConfig].map(([config, files]) => ({
    name: `tests of ${config.split('/').at(-2)}`,
    command: ['vitest', 'run', '--config', config],
    files,
    suites: SUITES.filter((suite) => files.some((file) => suites.get(file) === suite)),
  }));
}
