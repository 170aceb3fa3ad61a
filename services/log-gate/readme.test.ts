import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { catalogues } from '../../packages/contracts/metrics/catalogue.ts';
import { configurationOf, loggedBy, metricRows, registeredRows, tableOf } from '../../test/support/readme.ts';
import { environment } from './config.ts';
import { gateMetrics } from './metrics.ts';

const readme = new URL('README.md', import.meta.url);

it('describes every variable as it is read, and no other', () => {
  expect(tableOf(readme, 'Configuration')).toEqual(configurationOf(environment));
});

it('describes every metric as its catalogue does, and no other', () => {
  expect(tableOf(readme, 'Metrics')).toEqual(metricRows(catalogues['log-gate']));
});

it('registers every metric of its catalogue, and no other', () => {
  const registry = new Registry();
  const nothing = () => 0;
  gateMetrics(registry, { heldBytes: nothing, unwrittenLines: nothing, oldestPushSeconds: nothing });
  expect(registeredRows(registry)).toEqual(metricRows(catalogues['log-gate']).sort());
});

it('lists every line that it logs with its level, and no other', () => {
  expect(tableOf(readme, 'Log').map(([line, level]) => [line, level])).toEqual(loggedBy(import.meta.dirname));
});
