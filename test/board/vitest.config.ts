import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { longestFirst } from '../support/longest-first.ts';

const ALL = 'test/board/**/*.test.ts';
/** These measure how quick a page is and what the board takes, so nothing else may run beside them. */
const MEASURED = ['followers', 'run'].map((name) => `test/board/${name}.test.ts`);
/** A minute and more each; half of it waits for what a source says next. */
const LONGEST = ['source-states', 'site', 'what-if'].map((name) => `${name}.test.ts`);

const project = (name: string, include: string[], exclude: string[], maxWorkers: number, turn: number) => ({
  test: {
    ...{ name, include, exclude, maxWorkers, sequence: { groupOrder: turn } },
    root: join(import.meta.dirname, '..', '..'),
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
  },
});

/** The board in a real browser, on a real run of the system. */
// biome-ignore lint/style/noDefaultExport: vitest takes nothing else
export default defineConfig({
  test: {
    globalSetup: ['test/support/scratch.ts', 'test/board/tools.ts', 'test/support/shared-broker.ts'].map(
      (file) => join(import.meta.dirname, '..', '..', file),
    ),
    sequence: { sequencer: longestFirst(LONGEST, 'last') },
    projects: [project('pages', [ALL], MEASURED, 2, 0), project('measured', MEASURED, [], 1, 1)],
  },
});
