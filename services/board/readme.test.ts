import { createRegistry } from '@sluice/runtime';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { catalogues } from '../../packages/contracts/metrics/catalogue.ts';
import { configurationOf, loggedBy, metricRows, registeredRows, tableOf } from '../../test/support/readme.ts';
import { environment } from './config.ts';
import { boardMetrics } from './metrics.ts';
import { BoardModel } from './model/board.ts';
import { createBoard } from './server/app.ts';
import { Streams } from './server/streams.ts';

const readme = new URL('README.md', import.meta.url);

it('describes every variable as it is read, and no other', () => {
  expect(tableOf(readme, 'Configuration')).toEqual(configurationOf(environment));
});

it('describes every metric as its catalogue does, and no other', () => {
  expect(tableOf(readme, 'Metrics')).toEqual(metricRows(catalogues.board));
});

it('registers every metric of its catalogue, and no other', () => {
  const registry = new Registry();
  boardMetrics(registry);
  expect(registeredRows(registry)).toEqual(metricRows(catalogues.board).sort());
});

it('lists every line that it logs with its level, and no other', () => {
  expect(tableOf(readme, 'Log').map(([line, level]) => [line, level])).toEqual(loggedBy(import.meta.dirname));
});

it('lists the pages that it serves', async () => {
  const registry = createRegistry('board');
  const model = new BoardModel();
  model.observe([{ workload: 'jobs', ready: 0, unacked: 0, replicas: 0 }], 1);
  const streams = new Streams({ limit: 1 });
  const app = await createBoard({
    lookups: {},
    links: {},
    ...{
      prefix: '',
      access: { kind: 'open', hosts: ['localhost'] },
      timeZone: 'UTC',
      requestsPerMinute: 100,
    },
    ...{
      state: () => model.state(1),
      streams,
      registry,
      metrics: boardMetrics(registry),
      ready: () => undefined,
    },
    ...{ failed: () => {}, policyReported: () => {} },
  });
  const pages = tableOf(readme, 'Pages').map(([path = '']) =>
    path.replaceAll('`', '').replace(':name', 'jobs'),
  );
  expect(pages.length).toBeGreaterThan(1);
  for (const url of pages) expect([url, (await app.inject({ url })).statusCode]).toEqual([url, 200]);
  streams.close();
  await app.close();
});
