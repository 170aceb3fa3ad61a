import { expect, it } from 'vitest';
import { configurationOf, tableOf } from '../../test/support/readme.ts';
import { environment } from './config.ts';

it('describes every variable as it is read, and no other', () => {
  const readme = new URL('README.md', import.meta.url);
  expect(tableOf(readme, 'Configuration')).toEqual(configurationOf(environment));
});
