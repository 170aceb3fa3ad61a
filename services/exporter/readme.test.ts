import { readFileSync } from 'node:fs';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { catalogues } from '../../packages/contracts/metrics/catalogue.ts';
import { configurationOf, loggedBy, metricRows, registeredRows, tableOf } from '../../test/support/readme.ts';
import { environment } from './config.ts';
import { mappingSchema } from './mapping.ts';
import { exporterMetrics } from './metrics.ts';
import { targetsSchema } from './targets.ts';

const readme = new URL('README.md', import.meta.url);
const examples = [...readFileSync(readme, 'utf8').matchAll(/```yaml\n(.*?)```/gs)].map(
  ([, text = '']) => text,
);

it('describes every variable as it is read, and no other', () => {
  expect(tableOf(readme, 'Configuration')).toEqual(configurationOf(environment));
});

it('describes every metric as its catalogue does, and no other', () => {
  expect(tableOf(readme, 'Metrics')).toEqual(metricRows(catalogues.exporter));
});

it('registers every metric of its catalogue, and no other', () => {
  const registry = new Registry();
  exporterMetrics(registry);
  expect(registeredRows(registry)).toEqual(metricRows(catalogues.exporter).sort());
});

it('lists every line that it logs with its level, and no other', () => {
  expect(tableOf(readme, 'Log').map(([line, level]) => [line, level])).toEqual(loggedBy(import.meta.dirname));
});

it('describes every property of a mapping, and no other', () => {
  const { metrics, ...ofFile } = mappingSchema.shape;
  const [ofMetric] = metrics.unwrap().options;
  const described = tableOf(readme, 'A mapping').map(([property]) => property);
  const properties = new Set([...Object.keys(ofFile), ...Object.keys(ofMetric.shape)]);
  expect(new Set(described)).toEqual(new Set([...properties].map((name) => `\`${name}\``)));
});

it('shows files that are accepted', () => {
  const [mapping = '', targets = ''] = examples;
  expect(mappingSchema.parse(parse(mapping)).metrics).toHaveLength(1);
  const around = { modules: ['source-system', 'rabbitmq-management'], intervalSeconds: 15, environment: {} };
  const { data, error } = targetsSchema(around).safeParse(parse(targets));
  // The file with the password is on no machine but the broker's own.
  expect(error?.issues.map(({ path }) => path.join('.')) ?? data).toEqual([
    'targets.1.basicAuth.passwordFile',
  ]);
});
