import { freePort } from '@sluice/runtime/processes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { storesDashboard } from '../../apps/platform/dashboards/stores.ts';
import { elasticsearchAlerts } from '../../apps/platform/store-alerts.ts';
import { bank } from '../../apps/testing/desired-state.ts';
import { filledIn } from '../../charts/dashboards/dashboard.ts';
import { parsePromql } from '../../packages/contracts/promql.ts';
import { startElasticsearch } from '../../packages/testbed/servers/elasticsearch.ts';
import type { OwnServer } from '../../packages/testbed/servers/own-server.ts';
import { startElasticsearchExporter } from '../support/elasticsearch-exporter.ts';
import { eventually } from '../support/job-harness.ts';

/** Metric -> labels of each of its series. */
type Page = ReadonlyMap<
  string,
  readonly { readonly labels: Record<string, string>; readonly value: number }[]
>;

let first: OwnServer;
let exporter: OwnServer;
let transportPort = 0;
const others: OwnServer[] = [];

async function page(): Promise<Page> {
  const text = await (await fetch(`${exporter.url}/metrics`, { signal: AbortSignal.timeout(60_000) })).text();
  const samples = [...text.matchAll(/^(elasticsearch_\w+)(\{.*\})? (\S+)$/gm)].map(
    ([, name = '', braces = '', value]) => ({
      name,
      labels: Object.fromEntries([...braces.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, of]) => [key, of])),
      value: Number(value),
    }),
  );
  return Map.groupBy(samples, ({ name }) => name);
}

const sampleOf = async (name: string, labels: Record<string, string> = {}): Promise<number | undefined> =>
  (await page())
    .get(name)
    ?.find((one) => Object.entries(labels).every(([key, value]) => one.labels[key] === value))?.value;

const ask = async (path: string, method: string, body: object): Promise<void> => {
  const response = await fetch(`${first.url}${path}`, {
    ...{ method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) },
    signal: AbortSignal.timeout(60_000),
  });
  if (!response.ok) throw new Error(`${path} answers ${response.status}: ${await response.text()}`);
};

beforeAll(async () => {
  transportPort = await freePort();
  first = await startElasticsearch({ name: 'first', port: transportPort, first: transportPort });
  await ask('/transactions-1', 'PUT', { settings: { number_of_replicas: 1 } });
  await ask('/transactions-1/_doc/a?refresh=true', 'PUT', { amount: 1 });
  exporter = await startElasticsearchExporter(first.url);
});

afterAll(async () => {
  await exporter?.stop();
  for (const node of [...others, first]) await node?.stop();
});

describe('the exporter of the index, with the rendered arguments', () => {
  /** What the alerts and the dashboard ask of it. */
  const panels = storesDashboard(bank).rows.flatMap((row) => row.panels);
  const asked = [
    ...elasticsearchAlerts.map(({ expr }) => expr),
    ...panels.flatMap((panel) => ('queries' in panel ? panel.queries.map(({ expr }) => expr) : [])),
  ].flatMap((expr) => parsePromql(filledIn(expr)).selectors);
  const ofIndex = asked.filter(({ metric }) => metric?.startsWith('elasticsearch_'));
  /** Labels that Prometheus adds at a scrape. */
  const ADDED = ['namespace', 'job', 'pod'];

  it('exposes every metric and label that alerts and dashboard ask for', async () => {
    const all = await page();
    expect(new Set(ofIndex.map(({ metric }) => metric)).size).toBeGreaterThan(9);
    const missing = ofIndex.flatMap(({ metric = '', labels }) => {
      const [sample] = all.get(metric) ?? [];
      return labels
        .filter((label) => !ADDED.includes(label))
        .filter((label) => sample?.labels[label] === undefined)
        .map((label) => `${metric} ${label}`)
        .concat(sample === undefined ? [metric] : []);
    });
    expect(missing).toEqual([]);
  });

  it('reports yellow while a copy has no node, and an index that takes no writes', async () => {
    expect(await sampleOf('elasticsearch_cluster_health_status', { color: 'yellow' })).toBe(1);
    expect(await sampleOf('elasticsearch_indices_settings_stats_read_only_indices')).toBe(0);
    await ask('/transactions-1/_settings', 'PUT', { 'index.blocks.read_only_allow_delete': true });
    expect(await sampleOf('elasticsearch_indices_settings_stats_read_only_indices')).toBe(1);
    await ask('/transactions-1/_settings', 'PUT', { 'index.blocks.read_only_allow_delete': null });
    expect(await sampleOf('elasticsearch_indices_settings_stats_read_only_indices')).toBe(0);
  });

  it('has a node that joins at the next scrape, with no change to it', async () => {
    const { pid } = exporter;
    others.push(await startElasticsearch({ name: 'second', port: await freePort(), first: transportPort }));
    await eventually(
      'both nodes are reported',
      async () =>
        (await sampleOf('elasticsearch_filesystem_data_size_bytes', { name: 'second' })) !== undefined,
      60,
    );
    expect(await sampleOf('elasticsearch_cluster_health_number_of_nodes')).toBe(2);
    expect(
      await sampleOf('elasticsearch_jvm_memory_max_bytes', { name: 'first', area: 'heap' }),
    ).toBeGreaterThan(0);
    await eventually(
      'the copy has its node',
      async () => (await sampleOf('elasticsearch_cluster_health_status', { color: 'green' })) === 1,
      60,
    );
    expect(exporter.pid).toBe(pid);
  });

  it('lives on while no node answers, and reports that and when one does again', async () => {
    for (const node of [...others, first]) await node.kill();
    expect(await sampleOf('elasticsearch_scrape_success', { collector: 'cluster-info' })).toBe(0);
    expect(await sampleOf('elasticsearch_cluster_health_status')).toBeUndefined();
    expect((await fetch(`${exporter.url}/healthz`)).status).toBe(200);
    // Neither has a majority without the other.
    await Promise.all([first, ...others].map((node) => node.restart()));
    await eventually(
      'the index answers',
      async () => (await sampleOf('elasticsearch_scrape_success', { collector: 'cluster-info' })) === 1,
      120,
    );
  });
});
