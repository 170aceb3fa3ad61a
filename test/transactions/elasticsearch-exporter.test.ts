import { freePort } from '@sluice/runtime/processes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { elasticsearchAlerts } from '../../apps/platform/store-alerts.ts';
import { startElasticsearch } from '../../packages/testbed/servers/elasticsearch.ts';
import type { OwnServer } from '../../packages/testbed/servers/own-server.ts';
import { eventually } from '../support/job-harness.ts';
import { askedOf, metricsPage, missingOn, sampleOf, startStoreExporter } from '../support/store-exporter.ts';

let first: OwnServer;
let exporter: OwnServer;
let aliveUrl = '';
let transportPort = 0;
const others: OwnServer[] = [];

const reported = (name: string, labels?: Readonly<Record<string, string>>): Promise<number | undefined> =>
  sampleOf(exporter, name, labels);

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
  ({ server: exporter, aliveUrl } = await startStoreExporter('elasticsearch', first.url));
});

afterAll(async () => {
  await exporter?.stop();
  for (const node of [...others, first]) await node?.stop();
});

describe('the exporter of the index, with the rendered arguments', () => {
  it('exposes every metric and label that alerts and dashboard ask for', async () => {
    const asked = askedOf('elasticsearch', elasticsearchAlerts);
    expect(new Set(asked.map(({ metric }) => metric)).size).toBeGreaterThan(9);
    expect(missingOn(await metricsPage(exporter), asked)).toEqual([]);
  });

  it('reports yellow while a copy has no node, and an index that takes no writes', async () => {
    expect(await reported('elasticsearch_cluster_health_status', { color: 'yellow' })).toBe(1);
    expect(await reported('elasticsearch_indices_settings_stats_read_only_indices')).toBe(0);
    await ask('/transactions-1/_settings', 'PUT', { 'index.blocks.read_only_allow_delete': true });
    expect(await reported('elasticsearch_indices_settings_stats_read_only_indices')).toBe(1);
    await ask('/transactions-1/_settings', 'PUT', { 'index.blocks.read_only_allow_delete': null });
    expect(await reported('elasticsearch_indices_settings_stats_read_only_indices')).toBe(0);
  });

  it('has a node that joins at the next scrape, with no change to it', async () => {
    const { pid } = exporter;
    others.push(await startElasticsearch({ name: 'second', port: await freePort(), first: transportPort }));
    await eventually(
      'both nodes are reported',
      async () =>
        (await reported('elasticsearch_filesystem_data_size_bytes', { name: 'second' })) !== undefined,
      60,
    );
    expect(await reported('elasticsearch_cluster_health_number_of_nodes')).toBe(2);
    expect(
      await reported('elasticsearch_jvm_memory_max_bytes', { name: 'first', area: 'heap' }),
    ).toBeGreaterThan(0);
    await eventually(
      'the copy has its node',
      async () => (await reported('elasticsearch_cluster_health_status', { color: 'green' })) === 1,
      60,
    );
    expect(exporter.pid).toBe(pid);
  });

  it('lives on while no node answers, and reports that and when one does again', async () => {
    for (const node of [...others, first]) await node.kill();
    expect(await reported('elasticsearch_scrape_success', { collector: 'cluster-info' })).toBe(0);
    expect(await reported('elasticsearch_cluster_health_status')).toBeUndefined();
    expect((await fetch(aliveUrl)).status).toBe(200);
    // Neither has a majority without the other.
    await Promise.all([first, ...others].map((node) => node.restart()));
    await eventually(
      'the index answers',
      async () => (await reported('elasticsearch_scrape_success', { collector: 'cluster-info' })) === 1,
      120,
    );
  });
});
