/** A failed run is distinguished from a flaky one, and from a late one: by the real vitest, on tests that fail once, twice, or do not load. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failuresOf } from '../../ci/outcome.ts';
import type { Step } from '../../ci/step.ts';
import { rerunFailed, testStep, tryTests } from '../../ci/test-step.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'sluice-flaky-'));

const files = {
  'good.test.js': "test('holds', () => {}); test.skip('is left out', () => {});",
  // The second run finds what the first one left.
  'flaky.test.js': `
    import { existsSync, writeFileSync } from 'node:fs';
    const mark = new URL('./mark', import.meta.url);
    test('holds as well', () => {});
    test('wavers', () => { const seen = existsSync(mark); writeFileSync(mark, ''); expect(seen).toBe(true); });`,
  'broken.test.js': "test('breaks', () => expect(1).toBe(2));",
  'unloadable.test.js': "throw new Error('no such thing');",
  // What nobody waits for fails, once: no test of the file does.
  'unawaited.test.js': `
    import { existsSync, writeFileSync } from 'node:fs';
    const mark = new URL('./unawaited', import.meta.url);
    test('goes on', async () => {
      if (!existsSync(mark)) Promise.reject(new Error('nobody waits'));
      writeFileSync(mark, '');
      await new Promise((resolve) => setTimeout(resolve, 50));
    });`,
  'hook.test.js': "beforeAll(() => { throw new Error('no ground'); }); test('never runs', () => {});",
};

const part = { name: 'tests', files: [], budgetSeconds: 60 };
const vitest = [process.execPath, join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'), 'run'];
const command = [...vitest, '--globals', '--root', folder];
let step: Step;

beforeAll(async () => {
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(join(ROOT, 'node_modules', 'vitest'), join(folder, 'node_modules', 'vitest'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  step = await testStep({ ...part, command });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('what fails once and then passes alone is flaky, by name, and no failure', () => {
  expect([...step.flaky].sort()).toEqual(['flaky.test.js > wavers', 'unawaited.test.js']);
});

test('what fails twice fails, by name: a test, a file that does not load, a hook', () => {
  expect([...step.failures].sort()).toEqual([
    'broken.test.js > breaks',
    'hook.test.js',
    'unloadable.test.js',
  ]);
});

test('every test is counted once, and a file without a failed test that is at fault as one', () => {
  // Skipped: the one that says so, and the one behind the hook.
  expect(step.count).toEqual({ passed: 4, failed: 3, skipped: 2 });
});

test('each file has its seconds', () => {
  expect(step.files.map(({ file }) => file).sort()).toEqual(Object.keys(files).sort());
  for (const { tests, seconds } of step.files) if (tests.length > 0) expect(seconds).toBeGreaterThan(0);
});

test('vitest that cannot even start is a failure', async () => {
  const { count, failures } = await testStep({ ...part, command: ['sh', '-c', 'exit 3'] });
  expect(count.failed).toBe(1);
  expect(failures).toEqual([expect.stringMatching(/ended with 3 and named no test$/)]);
});

test('many files at fault are not run again: that is no bad luck', async () => {
  const again = () => Promise.reject(new Error('run again'));
  const first = { files: step.files, errors: [] };
  const { failures, flaky } = await rerunFailed(first, () => true, again, 2);
  expect(flaky).toEqual([]);
  expect(failures).toHaveLength(5);
});

describe('a file whose turn comes after the last that may begin', () => {
  const config = join(folder, 'punctual.config.mjs');
  const runner = join(ROOT, 'ci', 'runner.ts');
  const files = ['good', 'broken', 'hook'].map((name) => `${name}.test.js`);
  const begun = (lastBegin: number) =>
    tryTests({ ...part, command: [...command, '--config', config], files, lastBegin });

  beforeAll(() => writeFileSync(config, `export default { test: { runner: ${JSON.stringify(runner)} } };`));

  test('is left out whole, with its hooks, and is named as late', async () => {
    const { first } = await begun(Date.now());
    expect(first.errors).toEqual([]);
    expect(first.files.map(({ file }) => file).sort()).toEqual([...files].sort());
    for (const { late, tests, errors } of first.files) {
      expect({ late, errors }).toEqual({ late: true, errors: [] });
      for (const { state } of tests) expect(state).toBe('skipped');
    }
  });

  test('is run where its turn comes before that', async () => {
    const { first } = await begun(Date.now() + 3_600_000);
    expect(first.files.map(({ late }) => late)).toEqual([false, false, false]);
    expect(first.files.flatMap(failuresOf).sort()).toEqual(['broken.test.js > breaks', 'hook.test.js']);
  });
});

test('what failed is not run again where the time is over: it has failed', async () => {
  const again = () => Promise.reject(new Error('run again'));
  const { failures, flaky } = await rerunFailed({ files: step.files, errors: [] }, () => false, again);
  expect(flaky).toEqual([]);
  expect(failures).toContain('broken.test.js > breaks');
});
