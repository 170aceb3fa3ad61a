import type { DashboardSpec } from '../../../charts/dashboards/dashboard.ts';
import type { Panel } from '../../../charts/dashboards/panel.ts';
import type { Environment } from '../../../environments/environment.ts';
import {
  cpuShare,
  INDEX_DISK,
  INDEX_HEAP,
  MONGODB_CONNECTIONS,
  MONGODB_CONNECTIONS_SHARE,
  MONGODB_LAG,
  REDIS_CPU,
  REDIS_MEMORY,
  REDIS_MEMORY_SHARES,
  REPLICATION_LAG_SECONDS,
  STORE_CPU_SHARE,
  WATERMARKS,
} from '../store-alerts.ts';

const NO_REDIS = 'The exporter of Redis reports nothing: it is down, or Redis refuses its user.';
const NO_MONGODB = 'The exporter of MongoDB reports nothing: it is down, or no member answers it.';
const NO_INDEX = 'The exporter of the index reports nothing: it is down, or no node answers it.';
const NO_PODS = 'The kubelet reports no pod of the stores.';

const redisPanels: readonly Panel[] = [
  {
    ...{ kind: 'stat', title: 'Append-only file', unit: 'state', noData: NO_REDIS },
    description:
      'Whether the last write to the append-only file succeeded. While it fails, Redis refuses writes.',
    texts: { 0: 'fails', 1: 'written' },
    marks: [
      { from: 0, color: 'red' },
      { from: 1, color: 'green' },
    ],
    queries: [{ expr: 'min(redis_aof_last_write_status)', legend: 'last write' }],
  },
  {
    ...{ kind: 'stat', title: 'Memory of Redis', unit: 'share', noData: NO_REDIS, decimals: 0 },
    description: 'The share of maxmemory that is used. At all of it Redis refuses jobs: it evicts nothing.',
    marks: [
      { from: REDIS_MEMORY_SHARES.high, color: 'orange' },
      { from: REDIS_MEMORY_SHARES.full, color: 'red' },
    ],
    queries: [{ expr: `max(${REDIS_MEMORY})`, legend: 'used' }],
  },
  {
    ...{ kind: 'stat', title: 'Keys evicted', unit: 'count', noData: NO_REDIS },
    description:
      'Keys that Redis deleted to gain memory since it started. Any is a job or a key that is lost.',
    marks: [{ from: 1, color: 'red' }],
    queries: [{ expr: 'sum(redis_evicted_keys_total)', legend: 'evicted' }],
  },
  {
    ...{ kind: 'time-series', title: 'Commands of Redis', unit: 'requests/s', noData: NO_REDIS },
    description: 'Commands that Redis carries out, the five most frequent.',
    queries: [
      { expr: 'topk(5, sum by (cmd) (rate(redis_commands_total[$__rate_interval])))', legend: '{{cmd}}' },
    ],
  },
  {
    ...{ kind: 'time-series', title: 'CPU of the thread of commands', unit: 'cores', noData: NO_REDIS },
    description: 'Redis runs all commands on one thread: at one core everyone waits.',
    ...{ axisSoftMax: 1, limits: ['limit'] },
    queries: [
      { expr: `max(${REDIS_CPU})`, legend: 'used' },
      { expr: `vector(${STORE_CPU_SHARE.redis})`, legend: 'limit' },
    ],
  },
  {
    ...{ kind: 'time-series', title: 'Append-only file and memory', unit: 'bytes', noData: NO_REDIS },
    description:
      'The size of the append-only file, which a rewrite makes small again, and the memory of the data.',
    queries: [
      { expr: 'max(redis_aof_current_size_bytes)', legend: 'append-only file' },
      { expr: 'max(redis_memory_used_bytes)', legend: 'memory' },
    ],
  },
  {
    ...{ kind: 'time-series', title: 'Clients of Redis', unit: 'connections', width: 12, noData: NO_REDIS },
    description: 'Connections that are open, and those that wait for a job.',
    queries: [
      { expr: 'sum(redis_connected_clients)', legend: 'open' },
      { expr: 'sum(redis_blocked_clients)', legend: 'waiting for a job' },
    ],
  },
  {
    ...{ kind: 'time-series', title: 'Offset behind the primary', unit: 'bytes', width: 12 },
    description: 'Bytes of the stream of changes that each replica of Redis has not acknowledged.',
    noData: 'No replica follows this Redis.',
    queries: [
      {
        expr: 'max by (namespace) (redis_master_repl_offset) - on (namespace) group_right () max by (namespace, slave_ip) (redis_connected_slave_offset_bytes)',
        legend: '{{slave_ip}}',
      },
    ],
  },
];

const mongodbPanels: readonly Panel[] = [
  {
    ...{ kind: 'table', title: 'Members of MongoDB', unit: 'state', noData: NO_MONGODB },
    description: 'Each member with its state, and whether the others reach it.',
    columns: { member_idx: 'Member', member_state: 'State' },
    values: ['Reached'],
    queries: [{ expr: 'min by (member_idx, member_state) (mongodb_rs_members_health)', legend: '' }],
  },
  {
    ...{ kind: 'time-series', title: 'Lag of the members', unit: 'seconds' },
    description: 'How far the newest write that each secondary has applied is behind that of the primary.',
    ...{ noData: 'MongoDB has no secondary, or no primary.', limits: ['limit'] },
    queries: [
      { expr: MONGODB_LAG, legend: '{{member_idx}}' },
      { expr: `vector(${REPLICATION_LAG_SECONDS.mongodb})`, legend: 'limit' },
    ],
  },
  {
    ...{ kind: 'time-series', title: 'Operations of MongoDB', unit: 'requests/s', noData: NO_MONGODB },
    description: 'Operations of the primary by kind.',
    queries: [
      {
        expr: 'sum by (legacy_op_type) (rate(mongodb_ss_opcounters[$__rate_interval]))',
        legend: '{{legacy_op_type}}',
      },
    ],
  },
  {
    ...{ kind: 'time-series', title: 'Connections of MongoDB', unit: 'share', width: 12, noData: NO_MONGODB },
    description: 'The share of its connections that the primary has given away.',
    ...{ axisSoftMax: 1, limits: ['limit'] },
    queries: [
      { expr: MONGODB_CONNECTIONS, legend: 'open' },
      { expr: `vector(${MONGODB_CONNECTIONS_SHARE})`, legend: 'limit' },
    ],
  },
  {
    ...{ kind: 'time-series', title: 'Cache of MongoDB', unit: 'bytes', width: 12, noData: NO_MONGODB },
    description: 'What of the data the primary holds in memory, and what it may hold.',
    limits: ['limit'],
    queries: [
      { expr: 'max(mongodb_ss_wt_cache_bytes_currently_in_the_cache)', legend: 'held' },
      { expr: 'max(mongodb_ss_wt_cache_maximum_bytes_configured)', legend: 'limit' },
    ],
  },
];

const indexPanels: readonly Panel[] = [
  {
    ...{ kind: 'stat', title: 'State of the index', unit: 'state', noData: NO_INDEX },
    description: 'Green: every part has its copies. Yellow: a copy is not there. Red: a part is not there.',
    texts: { 0: 'green', 1: 'yellow', 2: 'red' },
    marks: [
      { from: 1, color: 'yellow' },
      { from: 2, color: 'red' },
    ],
    queries: [
      {
        expr: '2 * max(elasticsearch_cluster_health_status{color="red"}) + max(elasticsearch_cluster_health_status{color="yellow"})',
        legend: 'state',
      },
    ],
  },
  {
    ...{ kind: 'stat', title: 'Nodes of the index', unit: 'nodes', noData: NO_INDEX },
    description: 'Nodes that are in the cluster; one that joins is here at the next scrape.',
    queries: [{ expr: 'max(elasticsearch_cluster_health_number_of_nodes)', legend: 'nodes' }],
  },
  {
    ...{ kind: 'stat', title: 'Read-only indices', unit: 'count', noData: NO_INDEX },
    description: 'Indices that take no writes, as a disk is over the flood stage.',
    marks: [{ from: 1, color: 'red' }],
    queries: [{ expr: 'max(elasticsearch_indices_settings_stats_read_only_indices)', legend: 'read-only' }],
  },
  {
    ...{ kind: 'time-series', title: 'Disks of the index', unit: 'share', noData: NO_INDEX },
    description: 'The share of its disk that each node uses, with the watermarks of Elasticsearch.',
    ...{ axisSoftMax: 1, limits: ['low watermark', 'high watermark'] },
    queries: [
      { expr: `max by (name) (${INDEX_DISK})`, legend: '{{name}}' },
      { expr: `vector(${WATERMARKS.low})`, legend: 'low watermark' },
      { expr: `vector(${WATERMARKS.high})`, legend: 'high watermark' },
    ],
  },
  {
    ...{ kind: 'time-series', title: 'Heap of the index', unit: 'share', noData: NO_INDEX, axisSoftMax: 1 },
    description: 'The share of its heap that each node uses. A saw is normal; a line at the top is not.',
    queries: [{ expr: `max by (name) (${INDEX_HEAP})`, legend: '{{name}}' }],
  },
  {
    ...{
      kind: 'time-series',
      title: 'Writes and searches of the index',
      unit: 'requests/s',
      noData: NO_INDEX,
    },
    description:
      'Documents that nodes write, with every copy, searches of shards, and writes that are refused.',
    queries: [
      {
        expr: 'sum(rate(elasticsearch_indices_indexing_index_total[$__rate_interval]))',
        legend: 'written',
      },
      { expr: 'sum(rate(elasticsearch_indices_search_query_total[$__rate_interval]))', legend: 'searched' },
      {
        expr: 'sum(rate(elasticsearch_thread_pool_rejected_count{type="write"}[$__rate_interval]))',
        legend: 'refused',
      },
    ],
  },
];

/** What the kubelet reports of the pods of stores, which is the same for all of them. */
const podPanel = (stores: Parameters<typeof cpuShare>[0][]): Panel => ({
  ...{ kind: 'time-series', title: 'CPU of the pods', unit: 'share', width: 24, noData: NO_PODS },
  description: 'The share of its node that each pod of a store uses.',
  ...{ axisSoftMax: 1, limits: ['limit'] },
  queries: [
    ...stores.map((store) => ({ expr: cpuShare(store), legend: '{{namespace}}/{{pod}}' })),
    { expr: `vector(${STORE_CPU_SHARE.node})`, legend: 'limit' },
  ],
});

/** The servers of Redis, MongoDB and the index: of those that an environment has. */
export function storesDashboard({ transactions }: Pick<Environment, 'transactions'>): DashboardSpec {
  const all = transactions !== undefined;
  return {
    name: 'stores',
    title: 'Stores',
    description: 'Do Redis, MongoDB and the index work, and how near are they to their limits.',
    rows: [
      { title: 'Redis', panels: [...redisPanels] },
      ...(all ? [{ title: 'MongoDB', panels: [...mongodbPanels] }] : []),
      ...(all ? [{ title: 'Index of transactions', panels: [...indexPanels] }] : []),
      { title: 'Pods', panels: [podPanel(all ? ['redis', 'mongodb', 'elasticsearch'] : ['redis'])] },
    ],
  };
}
