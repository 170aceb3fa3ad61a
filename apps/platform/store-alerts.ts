import type { Alert } from '../../charts/alerts.ts';
import { STORES, type StoreKind } from './stores.ts';

/** The share of its node's CPU that a store may use for long, and of one core that Redis' only thread of commands may. */
export const STORE_CPU_SHARE = { node: 0.8, redis: 0.9 } as const;

/** The shares of `maxmemory` above which Redis is nearly full, and about to refuse jobs. */
export const REDIS_MEMORY_SHARES = { high: 0.8, full: 0.95 } as const;

/** Seconds that a replica of Redis and a member of MongoDB may be behind. */
export const REPLICATION_LAG_SECONDS = { redis: 10, mongodb: 30 } as const;

/** The share of its connections that MongoDB may have given away. */
export const MONGODB_CONNECTIONS_SHARE = 0.8;

/** The share of its memory that Elasticsearch's heap may hold for long. */
export const HEAP_SHARE = 0.9;

/**
 * Shares of a disk from which on Elasticsearch puts no new shard there, and from which on it moves shards away.
 * @see https://www.elastic.co/docs/reference/elasticsearch/configuration-reference/cluster-level-shard-allocation-routing-settings
 */
export const WATERMARKS = { low: 0.85, high: 0.9 } as const;

const namespaceOf = (store: StoreKind): string => `namespace="${STORES[store].identity.namespace}"`;

/** Lag of each member behind the newest primary, in seconds; the exporter tells instants in milliseconds. */
export const MONGODB_LAG = `(max by (namespace) (mongodb_rs_members_optimeDate{${namespaceOf('mongodb')},member_state="PRIMARY"}) - on (namespace) group_right () max by (namespace, member_idx) (mongodb_rs_members_optimeDate{${namespaceOf('mongodb')},member_state="SECONDARY"})) / 1000`;

/** The share of MongoDB's connections that are open. */
export const MONGODB_CONNECTIONS = `sum by (namespace) (mongodb_ss_connections{${namespaceOf('mongodb')},conn_type="current"}) / sum by (namespace) (mongodb_ss_connections{${namespaceOf('mongodb')},conn_type=~"current|available"})`;

/** The share of `maxmemory` that Redis uses; nothing where it has no such bound. */
export const REDIS_MEMORY = `redis_memory_used_bytes{${namespaceOf('redis')}} / (redis_memory_max_bytes{${namespaceOf('redis')}} > 0)`;

/** Cores that Redis' thread of commands uses, one at most. */
export const REDIS_CPU = `rate(redis_cpu_sys_main_thread_seconds_total{${namespaceOf('redis')}}[5m]) + rate(redis_cpu_user_main_thread_seconds_total{${namespaceOf('redis')}}[5m])`;

/** The share of its disk that each node of the index uses. */
export const INDEX_DISK = `1 - elasticsearch_filesystem_data_available_bytes{${namespaceOf('elasticsearch')}} / elasticsearch_filesystem_data_size_bytes{${namespaceOf('elasticsearch')}}`;

/** The share of its heap that each node of the index uses. */
export const INDEX_HEAP = `elasticsearch_jvm_memory_used_bytes{${namespaceOf('elasticsearch')},area="heap"} / elasticsearch_jvm_memory_max_bytes{${namespaceOf('elasticsearch')},area="heap"}`;

/** The share of its node's CPU that each pod of a store uses, as the kubelet counts it. */
export const cpuShare = (store: StoreKind): string =>
  `sum by (namespace, pod) (rate(container_cpu_usage_seconds_total{${namespaceOf(store)},container!=""}[5m])) / on (namespace, pod) max by (namespace, pod) (kube_pod_info{${namespaceOf(store)}} * on (node) group_left () max by (node) (kube_node_status_allocatable{resource="cpu"}))`;

const exporterDown = (name: string, store: StoreKind, what: string): Alert => ({
  ...{ name, severity: 'warning', for: '5m' },
  expr: `absent(up{${namespaceOf(store)},job="${store}-exporter"} == 1)`,
  summary: `Prometheus cannot scrape the exporter of ${what}.`,
  description: `No metric of the servers of ${what} is there, and no alert on one can fire.`,
});

const cpuHigh = (name: string, store: StoreKind, description: string): Alert => ({
  ...{ name, severity: 'warning', for: '15m', description },
  expr: `${cpuShare(store)} > ${STORE_CPU_SHARE.node}`,
  summary: '{{ $labels.namespace }}/{{ $labels.pod }} uses {{ $value | humanizePercentage }} of its node.',
});

/** Redis as its server reports it. That it is down is an alert of the queue exporter. */
export const redisAlerts: readonly Alert[] = [
  {
    ...{ name: 'RedisExporterDown', severity: 'warning', for: '5m' },
    expr: `absent(redis_up{${namespaceOf('redis')}} == 1)`,
    summary: 'Prometheus gets no metrics of the server of Redis.',
    description:
      'The exporter is down, or Redis refuses its user. No alert on the log or the memory can fire.',
  },
  {
    ...{ name: 'RedisAofWriteFails', severity: 'critical', for: '1m' },
    expr: `redis_aof_last_write_status{${namespaceOf('redis')}} == 0`,
    summary: 'Redis cannot write its append-only file.',
    description:
      'It refuses every write until it can: no transaction is accepted. The volume is full or fails.',
  },
  {
    ...{ name: 'RedisAofRewriteFails', severity: 'warning', for: '15m' },
    expr: `redis_aof_last_bgrewrite_status{${namespaceOf('redis')}} == 0`,
    summary: 'Redis cannot rewrite its append-only file.',
    description:
      'The file grows until the volume is full. A rewrite needs room for a second file, and memory for its process.',
  },
  {
    ...{ name: 'RedisMemoryHigh', severity: 'warning', for: '5m' },
    expr: `${REDIS_MEMORY} > ${REDIS_MEMORY_SHARES.high}`,
    summary: 'Redis uses {{ $value | humanizePercentage }} of its maxmemory.',
    description: 'Jobs pile up, or finished ones are kept for too long. At the bound it refuses new jobs.',
  },
  {
    ...{ name: 'RedisMemoryFull', severity: 'critical', for: '1m' },
    expr: `${REDIS_MEMORY} > ${REDIS_MEMORY_SHARES.full}`,
    summary: 'Redis uses {{ $value | humanizePercentage }} of its maxmemory, and refuses jobs at all of it.',
    description: 'Let the workers drain the queues, or raise the memory of Redis. Nothing is evicted.',
  },
  {
    ...{ name: 'RedisEvictsKeys', severity: 'critical', for: '0m' },
    expr: `increase(redis_evicted_keys_total{${namespaceOf('redis')}}[10m]) > 0`,
    summary: 'Redis has deleted {{ $value | humanize }} keys in 10 minutes to gain memory.',
    description: 'Its policy is not noeviction: jobs and their idempotency keys are lost. Set it back.',
  },
  {
    ...{ name: 'RedisRejectsConnections', severity: 'warning', for: '0m' },
    expr: `increase(redis_rejected_connections_total{${namespaceOf('redis')}}[10m]) > 0`,
    summary: 'Redis has refused {{ $value | humanize }} connections in 10 minutes.',
    description: 'As many clients as its maxclients are connected. Look for one that opens more and more.',
  },
  {
    ...{ name: 'RedisReplicaBehind', severity: 'warning', for: '5m' },
    expr: `max by (namespace, slave_ip) (redis_connected_slave_lag_seconds{${namespaceOf('redis')}}) > ${REPLICATION_LAG_SECONDS.redis}`,
    summary: 'The replica {{ $labels.slave_ip }} of Redis has acknowledged nothing for {{ $value }} s.',
    description: 'What the primary has accepted since is lost if it is lost now.',
  },
  {
    ...{ name: 'RedisCpuHigh', severity: 'warning', for: '10m' },
    expr: `${REDIS_CPU} > ${STORE_CPU_SHARE.redis}`,
    summary: 'The thread of Redis that runs commands uses {{ $value | humanizePercentage }} of a core.',
    description: 'It has one such thread: everyone waits from here on. `SLOWLOG` names dear commands.',
  },
];

/** MongoDB as its servers report it. */
export const mongodbAlerts: readonly Alert[] = [
  exporterDown('MongodbExporterDown', 'mongodb', 'MongoDB'),
  {
    ...{ name: 'MongodbDown', severity: 'critical', for: '2m' },
    expr: `max by (namespace) (mongodb_up{${namespaceOf('mongodb')}}) == 0`,
    summary: 'No member of MongoDB answers its exporter.',
    description: 'Jobs of process wait in their queue and are tried again; nothing is lost.',
  },
  {
    ...{ name: 'MongodbMemberUnhealthy', severity: 'warning', for: '5m' },
    expr: `min by (namespace, member_idx) (mongodb_rs_members_health{${namespaceOf('mongodb')}}) == 0`,
    summary: 'The member {{ $labels.member_idx }} of MongoDB cannot be reached by the others.',
    description: 'With another one lost there is no majority, and no write is acknowledged.',
  },
  {
    ...{ name: 'MongodbReplicationLag', severity: 'warning', for: '5m' },
    expr: `${MONGODB_LAG} > ${REPLICATION_LAG_SECONDS.mongodb}`,
    summary: 'The member {{ $labels.member_idx }} of MongoDB is {{ $value | humanizeDuration }} behind.',
    description: 'Writes wait for a majority: with two such members process is as slow as they are.',
  },
  {
    ...{ name: 'MongodbConnectionsHigh', severity: 'warning', for: '10m' },
    expr: `${MONGODB_CONNECTIONS} > ${MONGODB_CONNECTIONS_SHARE}`,
    summary: 'MongoDB has given away {{ $value | humanizePercentage }} of its connections.',
    description: 'New clients are refused when all are given away. Look for one that opens more and more.',
  },
  cpuHigh(
    'MongodbCpuHigh',
    'mongodb',
    'Writes become slower. A query without an index is the usual cause: its profiler names it.',
  ),
];

/** The index of transactions as its nodes report it. */
export const elasticsearchAlerts: readonly Alert[] = [
  exporterDown('IndexExporterDown', 'elasticsearch', 'the index of transactions'),
  {
    ...{ name: 'IndexDown', severity: 'critical', for: '2m' },
    expr: `max by (namespace) (elasticsearch_scrape_success{${namespaceOf('elasticsearch')},collector="cluster-info"}) == 0`,
    summary: 'No node of the index of transactions answers its exporter.',
    description: 'Jobs of journal wait in their queue and are tried again; searches fail.',
  },
  {
    ...{ name: 'IndexRed', severity: 'critical', for: '2m' },
    expr: `max by (namespace) (elasticsearch_cluster_health_status{${namespaceOf('elasticsearch')},color="red"}) == 1`,
    summary: 'The index of transactions is red: a part of it is not there.',
    description:
      'Transactions of that part are neither found nor indexed. `_cluster/allocation/explain` says why.',
  },
  {
    ...{ name: 'IndexYellow', severity: 'warning', for: '15m' },
    expr: `max by (namespace) (elasticsearch_cluster_health_status{${namespaceOf('elasticsearch')},color="yellow"}) == 1`,
    summary: 'The index of transactions is yellow: a copy of a part is not there.',
    description: 'The loss of another node loses that part until it is indexed again from MongoDB.',
  },
  {
    ...{ name: 'IndexDiskLowWatermark', severity: 'warning', for: '5m' },
    expr: `max by (namespace, name) (${INDEX_DISK}) > ${WATERMARKS.low}`,
    summary: 'The disk of {{ $labels.name }} of the index is {{ $value | humanizePercentage }} full.',
    description: 'No new part of the index is put there. Make the volume larger.',
  },
  {
    ...{ name: 'IndexDiskHighWatermark', severity: 'critical', for: '5m' },
    expr: `max by (namespace, name) (${INDEX_DISK}) > ${WATERMARKS.high}`,
    summary: 'The disk of {{ $labels.name }} of the index is {{ $value | humanizePercentage }} full.',
    description:
      'Parts are moved away from it; at 95 % the index takes no more writes. Make the volume larger.',
  },
  {
    ...{ name: 'IndexReadOnly', severity: 'critical', for: '1m' },
    expr: `max by (namespace) (elasticsearch_indices_settings_stats_read_only_indices{${namespaceOf('elasticsearch')}}) > 0`,
    summary: 'The index of transactions takes no writes: {{ $value }} indices are read-only.',
    description:
      'A disk is over the flood stage. Jobs of journal wait; the block goes by itself when there is room again.',
  },
  {
    ...{ name: 'IndexRejectsWrites', severity: 'warning', for: '0m' },
    expr: `sum by (namespace, name) (increase(elasticsearch_thread_pool_rejected_count{${namespaceOf('elasticsearch')},type="write"}[10m])) > 0`,
    summary: '{{ $labels.name }} of the index has refused {{ $value | humanize }} writes in 10 minutes.',
    description:
      'Its queue of writes is full, and journal tries again: fewer pods of it, or more CPU for the index.',
  },
  {
    ...{ name: 'IndexHeapHigh', severity: 'warning', for: '15m' },
    expr: `max by (namespace, name) (${INDEX_HEAP}) > ${HEAP_SHARE}`,
    summary: 'The heap of {{ $labels.name }} of the index is {{ $value | humanizePercentage }} full.',
    description: 'It collects garbage all the time, and its breakers refuse requests. Raise its memory.',
  },
  cpuHigh(
    'IndexCpuHigh',
    'elasticsearch',
    'Searches and writes become slower. `_nodes/hot_threads` names what it does.',
  ),
];
