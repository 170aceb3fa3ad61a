import { existsSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { logRows, tableOf } from './testing/readme.ts';

const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');

it('lists every line that every service may log with its level, and no other', () => {
  const described = tableOf(readme, 'line', 'level', 'fields').map((cells) => cells.slice(0, 2));
  expect(described).toEqual(logRows(import.meta.dirname));
});

it('links only to what exists', () => {
  const links = [...readme.matchAll(/\]\(([^)#]+)/g)].map(([, path]) => path ?? '');
  expect(links.length).toBeGreaterThan(5);
  expect(links.filter((path) => !existsSync(new URL(path, import.meta.url)))).toEqual([]);
});
