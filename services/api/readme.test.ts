import { readFileSync } from 'node:fs';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { catalogues } from '../../packages/contracts/metrics/catalogue.ts';
import { configurationOf, loggedBy, metricRows, registeredRows, tableOf } from '../../test/support/readme.ts';
import { environment } from './config.ts';
import { httpMetrics } from './metrics.ts';
import { redaction } from './query.ts';
import { queryLog } from './query-log.ts';

const readme = new URL('README.md', import.meta.url);

it('describes every variable as it is read, and no other', () => {
  expect(tableOf(readme, 'Configuration')).toEqual(configurationOf(environment));
});

it('describes every metric as its catalogue does, and no other', () => {
  expect(tableOf(readme, 'Metrics')).toEqual(metricRows(catalogues.api));
});

it('registers every metric of its catalogue, and no other', () => {
  const registry = new Registry();
  httpMetrics(registry);
  expect(registeredRows(registry)).toEqual(metricRows(catalogues.api).sort());
});

it('lists every line that it logs with its level, and no other', () => {
  expect(tableOf(readme, 'Log').map(([line, level]) => [line, level])).toEqual(loggedBy(import.meta.dirname));
});

it('shows the line of a query as it is written', () => {
  const [, example = ''] = /```json\n(.*?)```/s.exec(readFileSync(readme, 'utf8')) ?? [];
  const lines: string[] = [];
  const redacts = redaction(environment.parse({}).REDACTED_PARAMETERS);
  const limits = { parameters: 32, nameLength: 64, valueLength: 256, redacts };
  const log = queryLog({ limits, write: (line) => lines.push(line), now: () => 1_767_225_600_000 });
  log({ method: 'GET', path: '/api/orders', query: { customer: '4711', access_token: 'sesame' } });
  expect(lines).toEqual([`${JSON.stringify(JSON.parse(example))}\n`]);
});
