import { existsSync, readFileSync } from 'node:fs';
import { decodeJob } from '@sluice/runtime';
import { expect, it } from 'vitest';
import { loggedBy, tableOf } from '../test/support/readme.ts';

const readme = new URL('README.md', import.meta.url);
const text = readFileSync(readme, 'utf8');

it('shows a body that is accepted', () => {
  const [, body = ''] = /```json\n(.*?)```/s.exec(text) ?? [];
  expect(decodeJob(Buffer.from(body))).toEqual(JSON.parse(body));
});

it('names only lines that the services log', () => {
  const rows = tableOf(readme, 'Lines that others read');
  const logged = loggedBy(import.meta.dirname).map(([line]) => line);
  expect(rows).toHaveLength(3);
  expect(logged).toEqual(expect.arrayContaining(rows.map(([line]) => line)));
});

it('links only to what exists', () => {
  const links = [...text.matchAll(/\]\(([^)#]+)/g)].map(([, path]) => path ?? '');
  expect(links.length).toBeGreaterThan(5);
  expect(links.filter((path) => !existsSync(new URL(path, readme)))).toEqual([]);
});
