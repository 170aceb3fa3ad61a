import type { AlertRule } from '../rules.ts';
import type { Course, Scenario } from '../scenario.ts';
import { series } from './cluster.ts';
import { cpuOf, GROWING, GROWN, goneOf, same } from './stores-common.ts';

const INDEX = {
  namespace: 'transactions-index',
  job: 'elasticsearch-exporter',
  pod: 'elasticsearch-exporter-0',
};
const NODE = 'transactions-es-all-0';

const ofNode = (name: string, more: Readonly<Record<string, string>> = {}, node = NODE): string =>
  series(name, { ...INDEX, cluster: 'transactions', name: node, ...more });

const diskOf = (tolerated: number, wrong: number) => (): Scenario => {
  const of = (available: Course, node: string): Scenario['series'] => ({
    [ofNode('elasticsearch_filesystem_data_available_bytes', { path: '/data' }, node)]: available,
    [ofNode('elasticsearch_filesystem_data_size_bytes', { path: '/data' }, node)]: same(1000),
  });
  return {
    series: {
      ...of({ well: 700, tolerated, wrong }, NODE),
      ...of(same(700), 'transactions-es-all-1'),
    },
    fires: [
      {
        labels: { namespace: INDEX.namespace, name: NODE },
        summary: `The disk of ${NODE} of the index is ${(1000 - wrong) / 10}% full.`,
      },
    ],
  };
};

/** The cluster has one of three colours, which is 1. */
const colourOf = (color: 'yellow' | 'red', tolerated: Course['well'], summary: string) => (): Scenario => {
  const of = (one: string): string =>
    series('elasticsearch_cluster_health_status', { ...INDEX, cluster: 'transactions', color: one });
  return {
    series: {
      [of('green')]: { well: 1, tolerated: 0, wrong: 0 },
      [of('yellow')]: {
        well: 0,
        tolerated: color === 'red' ? 1 : tolerated,
        wrong: color === 'yellow' ? 1 : 0,
      },
      [of('red')]: { well: 0, tolerated: color === 'red' ? tolerated : 0, wrong: color === 'red' ? 1 : 0 },
    },
    fires: [{ labels: { namespace: INDEX.namespace }, summary }],
  };
};

/** Alerts of the index of transactions, by what its exporter reports. */
export const indexScenarios: Readonly<Record<string, (rule: AlertRule) => Scenario>> = {
  IndexExporterDown: goneOf(INDEX, 'Prometheus cannot scrape the exporter of the index of transactions.'),
  IndexDown: () => ({
    series: {
      [series('elasticsearch_scrape_success', { ...INDEX, collector: 'cluster-info' })]: {
        ...{ well: 1, tolerated: (minute) => (minute % 5 === 0 ? 0 : 1), wrong: 0 },
      },
    },
    fires: [
      {
        labels: { namespace: INDEX.namespace },
        summary: 'No node of the index of transactions answers its exporter.',
      },
    ],
  }),
  IndexRed: colourOf(
    'red',
    (minute) => (minute % 10 === 0 ? 1 : 0),
    'The index of transactions is red: a part of it is not there.',
  ),
  IndexYellow: colourOf(
    'yellow',
    // A node is started anew.
    (minute) => (minute % 20 < 10 ? 1 : 0),
    'The index of transactions is yellow: a copy of a part is not there.',
  ),
  IndexDiskLowWatermark: diskOf(150, 120),
  IndexDiskHighWatermark: diskOf(100, 50),
  IndexReadOnly: () => ({
    series: {
      [series('elasticsearch_indices_settings_stats_read_only_indices', INDEX)]: { well: 0, wrong: 2 },
    },
    fires: [
      {
        labels: { namespace: INDEX.namespace },
        summary: 'The index of transactions takes no writes: 2 indices are read-only.',
      },
    ],
  }),
  IndexRejectsWrites: () => ({
    series: {
      [ofNode('elasticsearch_thread_pool_rejected_count', { type: 'write' })]: GROWING,
      // Searches that are refused are another matter.
      [ofNode('elasticsearch_thread_pool_rejected_count', { type: 'search' })]: {
        ...{ well: 0, tolerated: { perMinute: 5 }, wrong: { perMinute: 5 } },
      },
    },
    fires: [
      {
        labels: { namespace: INDEX.namespace, name: NODE },
        summary: `${NODE} of the index has refused 10 writes in 10 minutes.`,
      },
    ],
    ...GROWN,
  }),
  IndexHeapHigh: () => ({
    series: {
      [ofNode('elasticsearch_jvm_memory_used_bytes', { area: 'heap' })]: {
        // It is collected.
        ...{ well: 500, tolerated: (minute) => (minute % 10 < 8 ? 950 : 400), wrong: 950 },
      },
      [ofNode('elasticsearch_jvm_memory_max_bytes', { area: 'heap' })]: same(1000),
      [ofNode('elasticsearch_jvm_memory_used_bytes', { area: 'non-heap' })]: same(2000),
    },
    fires: [
      {
        labels: { namespace: INDEX.namespace, name: NODE },
        summary: `The heap of ${NODE} of the index is 95% full.`,
      },
    ],
  }),
  IndexCpuHigh: cpuOf('transactions-index', 'elasticsearch'),
};
