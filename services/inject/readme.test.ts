import { existsSync, readFileSync } from 'node:fs';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { catalogues } from '../../packages/contracts/metrics/catalogue.ts';
import { configurationOf, loggedBy, metricRows, registeredRows, tableOf } from '../../test/support/readme.ts';
import { environment } from './config.ts';
import { loadEnvironment } from './load-config.ts';
import { injectMetrics } from './metrics.ts';

const readme = new URL('README.md', import.meta.url);

it('describes every variable as it is read, and no other', () => {
  expect(tableOf(readme, 'Configuration')).toEqual(configurationOf(environment));
  expect(tableOf(readme, 'Configuration of a run')).toEqual(configurationOf(loadEnvironment));
});

it('describes every metric as its catalogue does, and no other', () => {
  expect(tableOf(readme, 'Metrics')).toEqual(metricRows(catalogues.inject));
});

it('registers every metric of its catalogue, and no other', () => {
  const registry = new Registry();
  injectMetrics(registry);
  expect(registeredRows(registry)).toEqual(metricRows(catalogues.inject).sort());
});

it('lists every line that it logs with its level, and no other', () => {
  expect(tableOf(readme, 'Log').map(([line, level]) => [line, level])).toEqual(loggedBy(import.meta.dirname));
});

it('links only to what exists', () => {
  const links = [...readFileSync(readme, 'utf8').matchAll(/\]\(([^)#]+)/g)].map(([, path]) => path ?? '');
  expect(links.filter((path) => !existsSync(new URL(path, readme)))).toEqual([]);
});
