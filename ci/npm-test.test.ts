import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LANES, NPM_TEST_BUDGET, npmTest } from './npm-test.ts';

const config = readFileSync(join(import.meta.dirname, '..', 'vitest.config.ts'), 'utf8');

test('every project of vitest is run, once', () => {
  const projects = [...config.matchAll(/name: '(\w+)'/g)].map(([, name]) => name);
  const run = LANES.flat().flatMap(({ command }) =>
    command.filter((_, index) => command[index - 1] === '--project'),
  );
  expect(run.toSorted()).toEqual(projects.toSorted());
});

test('no lane may take longer than the four minutes of `npm test`', () => {
  expect(NPM_TEST_BUDGET).toBe(240);
  for (const lane of LANES)
    expect(lane.reduce((sum, { budgetSeconds }) => sum + budgetSeconds, 0)).toBeLessThanOrEqual(240);
});

/** A part that is a program of Node. */
const part = (name: string, program: string) => ({
  ...{ name, command: [process.execPath, '-e', program], budgetSeconds: 10, tests: false },
});

test('lanes run beside each other, and what fails stops nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-lanes-'));
  const meets = (own: string, other: string) => `const { existsSync, writeFileSync } = require('node:fs');
    writeFileSync('${join(folder, own)}', '');
    const look = () => existsSync('${join(folder, other)}') || setTimeout(look, 5);
    look();`;
  const steps = await npmTest([
    [part('a', meets('a', 'b')), part('fails', 'process.exit(3)'), part('last', '')],
    [part('b', meets('b', 'a'))],
  ]);
  expect(steps.map(({ name, count }) => `${name}: ${count.failed} failed`)).toEqual([
    ...['a: 0 failed', 'fails: 1 failed', 'last: 0 failed'],
    'b: 0 failed',
  ]);
  rmSync(folder, { recursive: true });
});
