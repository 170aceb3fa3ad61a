/** A failed run is distinguished from a flaky one: by the real vitest, on tests that fail once, twice, or do not load. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Step } from '../../ci/step.ts';
import { rerunFailed, testStep } from '../../ci/test-step.ts';

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
  'hook.test.js': "beforeAll(() => { throw new Error('no ground'); }); test('never runs', () => {});",
};

const part = { name: 'tests', files: [], budgetSeconds: 60 };
let step: Step;

beforeAll(async () => {
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(join(ROOT, 'node_modules', 'vitest'), join(folder, 'node_modules', 'vitest'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const vitest = [process.execPath, join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'), 'run'];
  step = await testStep({ ...part, command: [...vitest, '--globals', '--root', folder] });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('what fails once and then passes alone is flaky, by name, and no failure', () => {
  expect(step.flaky).toEqual(['flaky.test.js > wavers']);
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
  expect(step.count).toEqual({ passed: 3, failed: 3, skipped: 2 });
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
  const { failures, flaky } = await rerunFailed(first, again, 2);
  expect(flaky).toEqual([]);
  expect(failures).toHaveLength(4);
});
