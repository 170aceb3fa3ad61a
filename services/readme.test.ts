import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeJob } from '@sluice/runtime';
import { connectionMetrics } from '@sluice/runtime/amqp';
import { writerMetrics } from '@sluice/runtime/redis';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { catalogues, READING_FAILURES } from '../packages/contracts/metrics/catalogue.ts';
import type { Catalogue } from '../packages/contracts/metrics/metric.ts';
import { configurationOf, loggedBy, metricRows, registeredRows, tableOf } from '../test/support/readme.ts';
import { environment as api } from './api/config.ts';
import { httpMetrics } from './api/metrics.ts';
import { environment as board } from './board/config.ts';
import { boardMetrics } from './board/metrics.ts';
import { environment as collector } from './collector/config.ts';
import { environment as consumer } from './consumer/config.ts';
import { consumerMetrics, holdMetrics, jobMetrics } from './consumer/metrics.ts';
import { environment as exporter } from './exporter/config.ts';
import { exporterMetrics } from './exporter/metrics.ts';
import { environment as inject } from './inject/config.ts';
import { loadEnvironment } from './inject/load-config.ts';
import { injectMetrics } from './inject/metrics.ts';
import { environment as journal } from './journal/config.ts';
import { environment as logGate } from './log-gate/config.ts';
import { gateMetrics } from './log-gate/metrics.ts';
import { environment as logReports } from './log-reports/config.ts';
import { environment as processService } from './process/config.ts';
import { environment as publisher } from './publisher/config.ts';
import { registerMetrics } from './publisher/metrics.ts';
import { environment as query } from './query/config.ts';
import { queryMetrics } from './query/metrics.ts';
import { environment as queueExporter } from './queue-exporter/config.ts';
import { queueMetrics } from './queue-exporter/metrics.ts';
import { environment as scaler } from './scaler/config.ts';
import { scalerMetrics } from './scaler/report/reporter.ts';
import { environment as storeBackup } from './store-backup/config.ts';
import { environment as topology } from './topology/config.ts';

interface Service {
  /** Heading of a table of the README -> the environment that it describes. */
  readonly configuration?: Readonly<Record<string, z.ZodObject>>;
  /** What registers the metrics of its catalogue. */
  readonly register?: (registry: Registry) => void;
  /** The heading of its lines. @default Log */
  readonly log?: string;
}

const of = (environment: z.ZodObject, ...parts: readonly ((registry: Registry) => unknown)[]): Service => ({
  configuration: { Configuration: environment },
  ...(parts.length > 0 && {
    register: (registry) => {
      for (const part of parts) part(registry);
    },
  }),
});

const nothing = () => 0;

/** Folder -> what its README says. */
const services: Readonly<Record<string, Service>> = {
  api: of(api, httpMetrics),
  board: of(board, boardMetrics),
  collector: of(collector),
  consumer: of(consumer, jobMetrics, holdMetrics, consumerMetrics, connectionMetrics),
  exporter: of(exporter, exporterMetrics),
  inject: {
    ...of(inject, injectMetrics),
    configuration: { Configuration: inject, 'Configuration of a run': loadEnvironment },
  },
  journal: of(journal, writerMetrics),
  'log-gate': of(logGate, (registry) =>
    gateMetrics(registry, { heldBytes: nothing, unwrittenLines: nothing, oldestPushSeconds: nothing }),
  ),
  'log-reports': of(logReports),
  process: of(processService, writerMetrics),
  publisher: of(
    publisher,
    (registry) => registerMetrics(registry, { confirmed: 0, refused: 0, returned: 0, unconfirmed: 0 }),
    connectionMetrics,
  ),
  query: of(query, (registry) => queryMetrics(registry, () => undefined)),
  'queue-exporter': of(queueExporter, queueMetrics),
  runtime: { log: 'Log lines' },
  scaler: of(scaler, (registry) => scalerMetrics({ registry, mayAct: () => true, now: nothing })),
  'store-backup': of(storeBackup),
  topology: of(topology),
};

const HERE = import.meta.dirname;
const readmeOf = (service: string): URL => new URL(`${service}/README.md`, import.meta.url);
const byName = ([a = '']: readonly string[], [b = '']: readonly string[]): number => (a < b ? -1 : 1);

function brokenLinksOf(readme: URL): string[] {
  const links = [...readFileSync(readme, 'utf8').matchAll(/\]\(([^)#]+)/g)].map(([, path = '']) => path);
  return links.filter((path) => !path.includes('://') && !existsSync(new URL(path, readme)));
}

it('knows every service, and each that has a catalogue of metrics', () => {
  const folders = globSync('*/package.json', { cwd: HERE }).map((path) => path.split('/')[0] ?? '');
  expect(Object.keys(services).sort()).toEqual(folders.sort());
  const counted = Object.entries<Catalogue>(catalogues).filter(
    ([, catalogue]) => Object.keys(catalogue).length > 0,
  );
  const registering = Object.entries(services).filter(([, { register }]) => register !== undefined);
  expect(registering.map(([name]) => name)).toEqual(counted.map(([name]) => name).sort());
});

describe.each(Object.entries(services))(
  'the README of %s',
  (name, { configuration = {}, register, log = 'Log' }) => {
    const readme = readmeOf(name);
    const catalogue: Catalogue = register === undefined ? {} : catalogues[name as keyof typeof catalogues];

    it('describes every variable as it is read, and no other', () => {
      for (const [title, environment] of Object.entries(configuration))
        expect(tableOf(readme, title)).toEqual(configurationOf(environment));
    });

    it('describes every metric as its catalogue does, and no other; the service registers them', () => {
      expect(tableOf(readme, 'Metrics')).toEqual(metricRows(catalogue));
      const registry = new Registry();
      register?.(registry);
      expect(registeredRows(registry)).toEqual(metricRows(catalogue).sort());
    });

    it('lists every line that it logs with its level, and no other', () => {
      const lines = tableOf(readme, log).map(([line = '', level = '']) => [line, level]);
      expect(lines.sort(byName)).toEqual(loggedBy(join(HERE, name)));
    });

    it('links only to what exists', () => {
      expect(brokenLinksOf(readme)).toEqual([]);
    });
  },
);

it('names every cause of a failed reading in the README of the scaler', () => {
  const causes = READING_FAILURES.map((cause) => `\`${cause}\``).join(', ');
  expect(readFileSync(readmeOf('scaler'), 'utf8').split('\n')).toContain(`Causes: ${causes}.`);
});

describe('the README of all services', () => {
  const readme = new URL('README.md', import.meta.url);
  const text = readFileSync(readme, 'utf8');

  it('shows a body that is accepted', () => {
    const [, body = ''] = /```json\n(.*?)```/s.exec(text) ?? [];
    expect(decodeJob(Buffer.from(body))).toEqual(JSON.parse(body));
  });

  it('names only lines that the services log', () => {
    const rows = tableOf(readme, 'Lines that others read');
    const logged = loggedBy(HERE).map(([line]) => line);
    expect(rows).toHaveLength(3);
    expect(logged).toEqual(expect.arrayContaining(rows.map(([line]) => line)));
  });

  it('links to every service, and only to what exists', () => {
    for (const name of Object.keys(services)) expect(text).toContain(`](${name}/README.md)`);
    expect(brokenLinksOf(readme)).toEqual([]);
  });
});
