import { readFileSync } from 'node:fs';
import { aboutField } from '@sluice/runtime';
import { expect, it } from 'vitest';
import { environment } from './config.ts';
import { METRICS } from './report/metrics.ts';
import { FAILURE_CAUSES } from './sources/source.ts';

const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
const rows = readme
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => line.split('|').map((cell) => cell.trim()));

it('describes every metric as it is registered, and no other', () => {
  const described = rows
    .filter(([, name]) => name?.startsWith('`sluice_'))
    .map((cells) => cells.slice(1, -1));
  const registered = Object.entries(METRICS).map(([name, { type, labels, help }]) => [
    `\`${name}\``,
    type,
    labels.join(', '),
    help,
  ]);
  expect(described).toEqual(registered);
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
  expect(line).toBe(`Causes: ${FAILURE_CAUSES.map((cause) => `\`${cause}\``).join(', ')}.`);
});
