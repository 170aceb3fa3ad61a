import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loggedBy, tableOf } from '../../test/support/readme.ts';

const readme = new URL('README.md', import.meta.url);

it('lists every line that every service may log with its level, and no other', () => {
  expect(tableOf(readme, 'Log lines').map(([line, level]) => [line, level])).toEqual(
    loggedBy(import.meta.dirname),
  );
});

it('links only to what exists', () => {
  const links = [...readFileSync(readme, 'utf8').matchAll(/\]\(([^)#]+)/g)].map(([, path]) => path ?? '');
  expect(links.length).toBeGreaterThan(5);
  expect(links.filter((path) => !existsSync(new URL(path, import.meta.url)))).toEqual([]);
});
