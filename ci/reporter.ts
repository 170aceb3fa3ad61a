/** A reporter of vitest that writes what the run came to into the file that CI_OUTCOME names. */
import { renameSync, writeFileSync } from 'node:fs';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import type { FileOutcome, RunOutcome, TestOutcome } from './outcome.ts';

const stateOf = (test: TestCase): TestOutcome['state'] => {
  const { state } = test.result();
  // A test that never ran, because the run was cut short, has not passed.
  return state === 'pending' ? 'failed' : state;
};

const messageOf = (error: unknown): string =>
  (error as { message?: string }).message?.split('\n')[0] ?? String(error);

/** A fault outside of every test: vitest says in which file it was, where it knows. */
const pathOf = (error: unknown): string | undefined =>
  (error as { VITEST_TEST_PATH?: string }).VITEST_TEST_PATH;

const fileOf = (module: TestModule, unhandled: readonly unknown[]): FileOutcome => {
  const { duration, collectDuration, setupDuration } = module.diagnostic();
  const suites = [module, ...module.children.allSuites()];
  const late = module.meta().late === true;
  return {
    file: module.relativeModuleId,
    seconds: (duration + collectDuration + setupDuration) / 1000,
    tests: [...module.children.allTests()].map((test) => ({
      name: test.fullName,
      state: late ? 'skipped' : stateOf(test),
    })),
    errors: [...suites.flatMap((suite) => suite.errors()), ...unhandled].map(messageOf),
    late,
  };
};

// biome-ignore lint/style/noDefaultExport: vitest takes nothing else
export default class OutcomeReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const file = process.env.CI_OUTCOME;
    if (!file) return;
    const paths = modules.map(({ moduleId }) => moduleId);
    const of = (path: string | undefined) => errors.filter((error) => pathOf(error) === path);
    const homeless = errors.filter((error) => !paths.includes(pathOf(error) ?? ''));
    const outcome: RunOutcome = {
      files: modules.map((module) => fileOf(module, of(module.moduleId))),
      errors: homeless.map(messageOf),
    };
    writeFileSync(`${file}.partial`, JSON.stringify(outcome));
    renameSync(`${file}.partial`, file);
  }
}
