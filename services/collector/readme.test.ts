import { expect, it } from 'vitest';
import { configurationOf, loggedBy, tableOf } from '../../test/support/readme.ts';
import { environment } from './cluster.ts';

const readme = new URL('README.md', import.meta.url);

it('describes every variable as it is read, and no other', () => {
  expect(tableOf(readme, 'Configuration')).toEqual(configurationOf(environment));
});

it('lists every line that it logs with its level, and no other', () => {
  expect(
    tableOf(readme, 'Log')
      .map(([line, level]) => [line, level])
      .sort(([a = ''], [b = '']) => (a < b ? -1 : 1)),
  ).toEqual(loggedBy(import.meta.dirname));
});
