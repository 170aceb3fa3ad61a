/** What a run of vitest came to, as its reporter writes it and the table reads it. */
export interface TestOutcome {
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'skipped';
}

/** How the tests of one file ended. */
export interface FileOutcome {
  /** Below the root of the repository. */
  readonly file: string;
  /** The seconds of its tests and hooks, and of loading it. */
  readonly seconds: number;
  readonly tests: readonly TestOutcome[];
  /** Faults of the file itself: it cannot be loaded, or a hook failed. */
  readonly errors: readonly string[];
  /** Whether its turn came too late in the run, and nothing of it was begun. */
  readonly late: boolean;
}

/** How a run of vitest ended. */
export interface RunOutcome {
  readonly files: readonly FileOutcome[];
  /** Faults that belong to no file. */
  readonly errors: readonly string[];
}

/** Names of what failed in a file; the file itself where a fault is no test's. */
export const failuresOf = ({ file, tests, errors }: FileOutcome): string[] => {
  const failed = tests.filter(({ state }) => state === 'failed').map(({ name }) => `${file} > ${name}`);
  return failed.length === 0 && errors.length > 0 ? [file] : failed;
};

/** Numbers of tests by how they ended. */
export interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const numberOf = (files: readonly FileOutcome[], state: TestOutcome['state']): number =>
  files.flatMap(({ tests }) => tests).filter((test) => test.state === state).length;

/** A file or a run that is at fault without a failed test counts as one failure. */
export const countOf = ({ files, errors }: RunOutcome): Count => ({
  passed: numberOf(files, 'passed'),
  failed: files.flatMap(failuresOf).length + errors.length,
  skipped: numberOf(files, 'skipped'),
});

/** Adds numbers of tests up. */
export const sumOf = (counts: readonly Count[]): Count => ({
  passed: counts.reduce((sum, { passed }) => sum + passed, 0),
  failed: counts.reduce((sum, { failed }) => sum + failed, 0),
  skipped: counts.reduce((sum, { skipped }) => sum + skipped, 0),
});
