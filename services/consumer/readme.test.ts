import { connectionMetrics } from '@sluice/runtime/amqp';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { configurationOf, loggedBy, metricsOf, tableOf } from '../../test/support/readme.ts';
import { environment } from './config.ts';
import { consumerMetrics, holdMetrics, jobMetrics } from './metrics.ts';

const readme = new URL('README.md', import.meta.url);

it('describes every variable as it is read, and no other', () => {
  expect(tableOf(readme, 'Configuration')).toEqual(configurationOf(environment));
});

it('describes every metric as it is registered, and no other', () => {
  const registry = new Registry();
  jobMetrics(registry);
  holdMetrics(registry);
  consumerMetrics(registry);
  connectionMetrics(registry);
  expect(tableOf(readme, 'Metrics')).toEqual(metricsOf(registry));
});

it('lists every line that it logs with its level, and no other', () => {
  expect(tableOf(readme, 'Log').map(([line, level]) => [line, level])).toEqual(loggedBy(import.meta.dirname));
});
