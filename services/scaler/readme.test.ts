import { readFileSync } from 'node:fs';
import { aboutField } from '@sluice/runtime';
import { expect, it } from 'vitest';
import { catalogues, READING_FAILURES } from '../../packages/contracts/metrics/catalogue.ts';
import { metricRows } from '../../test/support/readme.ts';
import { environment } from './config.ts';

const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
const rows = readme
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim()));

it('describes every metric as its catalogue does, and no other', () => {
  const described = rows
    .filter(([, name]) => name?.startsWith('`sluice_'))
    .map((cells) => cells.slice(1, -1));
  expect(described).toEqual(metricRows(catalogues.scaler));
});

it('describes every variable as it is read, and no other', () => {
  const described = rows
    .filter(([, name]) => /^`[A-Z_]+`$/.test(name ?? ''))
    .map(([, name, , meaning]) => [name, meaning]);
  const read = Object.entries(environment.shape).map(([name, field]) => [
    `\`${name}\``,
    aboutField(field).meaning,
  ]);
  expect(described).toEqual(read);
});

it('names every cause of a failed reading', () => {
  const line = readme.split('\n').find((text) => text.startsWith('Causes: '));
  expect(line).toBe(`Causes: ${READING_FAILURES.map((cause) => `\`${cause}\``).join(', ')}.`);
});
