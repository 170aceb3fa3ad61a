import { join } from 'node:path';
import { expect, test } from 'vitest';
import { npmTestParts, partsOf } from './npm-test.ts';

test('the steps are those of `npm test`, within its four minutes', () => {
  const parts = npmTestParts(join(import.meta.dirname, '..'));
  expect(parts.map(({ name }) => name)).toEqual(['npm test: types', 'npm test: lint', 'npm test: tests']);
  expect(parts.at(-1)?.command).toEqual(['vitest', 'run']);
  expect(parts.reduce((sum, { budgetSeconds }) => sum + budgetSeconds, 0)).toBeLessThanOrEqual(240);
});

test('a part without a budget is refused', () => {
  expect(() => partsOf('npm run --silent types && rm -rf /')).toThrow("'rm -rf /' of the script 'test'");
});
