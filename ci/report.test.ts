import { expect, test } from 'vitest';
import type { FileOutcome } from './outcome.ts';
import { reportOf } from './report.ts';
import type { Step } from './step.ts';

const file = (name: string, seconds: number): FileOutcome => ({
  ...{ file: name, seconds, tests: [], errors: [], late: false },
});

const step: Step = {
  name: 'tests',
  seconds: 61.4,
  budgetSeconds: 60,
  count: { passed: 10, failed: 1, skipped: 2 },
  failures: ['a.test.ts > breaks'],
  flaky: ['b.test.ts > wavers'],
  files: Array.from({ length: 16 }, (_, index) => file(`${index}.test.ts`, index)),
};
const lint: Step = {
  ...step,
  ...{ name: 'lint', seconds: 5, files: [], failures: [], flaky: [] },
  count: { passed: 1, failed: 0, skipped: 0 },
};

test('a report is a table of steps, the slowest files, what is to be known, and the total', () => {
  const lines = reportOf([lint, step], [{ what: 'c.test.ts', why: 'nothing has changed' }], 62);
  const slowest = Array.from(
    { length: 15 },
    (_, index) => `${(15 - index).toFixed(1).padStart(7)}  ${15 - index}.test.ts`,
  );
  expect(lines).toEqual([
    '',
    'step   seconds  budget  passed  failed  skipped',
    'lint         5      60       1       0        0',
    'tests       61      60      10       1        2',
    '62 s in all',
    '',
    'seconds  slowest test files',
    ...slowest,
    '',
    "warning: 'tests' took 61 s, more than its budget of 60 s",
    'left out: c.test.ts: nothing has changed',
    'flaky: b.test.ts > wavers',
    'failed: a.test.ts > breaks',
    '11 passed, 1 failed, 2 skipped',
  ]);
});

test('the total is one plain line, also where nothing was skipped', () => {
  expect(reportOf([lint], [], 5).at(-1)).toBe('1 passed, 0 failed');
});
