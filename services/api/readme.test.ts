import { readFileSync } from 'node:fs';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { configurationOf, loggedBy, metricsOf, tableOf } from '../../test/support/readme.ts';
import { environment } from './config.ts';
import { httpMetrics } from './metrics.ts';
import { redaction } from './query.ts';
import { queryLog } from './query-log.ts';

const readme = new URL('README.md', import.meta.url);

it('describes every variable as it is read, and no other', () => {
  expect(tableOf(readme, 'Configuration')).toEqual(configurationOf(environment));
});

it('describes every metric as it is registered, and no other', () => {
  const registry = new Registry();
  httpMetrics(registry);
  expect(tableOf(readme, 'Metrics')).toEqual(metricsOf(registry));
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
