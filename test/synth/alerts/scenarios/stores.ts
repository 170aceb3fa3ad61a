import type { AlertRule } from '../rules.ts';
import type { Course, Scenario } from '../scenario.ts';
import { series } from './cluster.ts';
import { cpuOf, GROWING, GROWN, goneOf, same } from './stores-common.ts';
import { indexScenarios } from './stores-index.ts';

const REDIS = { namespace: 'redis', job: 'redis-exporter', pod: 'redis-exporter-0' };
const MONGODB = { namespace: 'mongodb', job: 'mongodb-exporter', pod: 'mongodb-exporter-0' };
const MIB = 1024 ** 2;

/** A series of an exporter is wrong, and the alert has the labels of that series. */
const stateOf =
  (name: string, labels: Readonly<Record<string, string>>, course: Course, summary: string) =>
  (): Scenario => ({
    series: { [series(name, labels)]: course },
    fires: [{ labels, summary }],
  });

const memoryOf = (tolerated: number, wrong: number, summary: string) => (): Scenario => ({
  series: {
    [series('redis_memory_used_bytes', REDIS)]: {
      ...{ well: 30 * MIB, tolerated: tolerated * MIB, wrong: wrong * MIB },
    },
    [series('redis_memory_max_bytes', REDIS)]: same(300 * MIB),
  },
  fires: [{ labels: REDIS, summary }],
});

/** A counter that must not grow. */
const grownOf =
  (name: string, labels: Readonly<Record<string, string>>, fires: Scenario['fires'][number]) =>
  (): Scenario => ({ series: { [series(name, labels)]: GROWING }, fires: [fires], ...GROWN });

const redisScenarios: Readonly<Record<string, (rule: AlertRule) => Scenario>> = {
  RedisExporterDown: goneOf(REDIS, 'Prometheus gets no metrics of the server of Redis.', 'redis_up'),
  RedisAofWriteFails: stateOf(
    'redis_aof_last_write_status',
    REDIS,
    { well: 1, tolerated: 1, wrong: 0 },
    'Redis cannot write its append-only file.',
  ),
  RedisAofRewriteFails: stateOf(
    'redis_aof_last_bgrewrite_status',
    REDIS,
    // One that fails and is done again.
    { well: 1, tolerated: (minute) => (minute % 15 < 10 ? 0 : 1), wrong: 0 },
    'Redis cannot rewrite its append-only file.',
  ),
  RedisMemoryHigh: memoryOf(240, 270, 'Redis uses 90% of its maxmemory.'),
  RedisMemoryFull: memoryOf(285, 294, 'Redis uses 98% of its maxmemory, and refuses jobs at all of it.'),
  RedisEvictsKeys: grownOf('redis_evicted_keys_total', REDIS, {
    labels: REDIS,
    summary: 'Redis has deleted 10 keys in 10 minutes to gain memory.',
  }),
  RedisRejectsConnections: grownOf('redis_rejected_connections_total', REDIS, {
    labels: REDIS,
    summary: 'Redis has refused 10 connections in 10 minutes.',
  }),
  RedisReplicaBehind: () => {
    const of = (ip: string): string =>
      series('redis_connected_slave_lag_seconds', {
        ...{ ...REDIS, slave_ip: ip, slave_port: '6379', slave_state: 'online' },
      });
    return {
      series: { [of('10.0.0.2')]: { well: 1, tolerated: 10, wrong: 45 }, [of('10.0.0.3')]: same(1) },
      fires: [
        {
          labels: { namespace: 'redis', slave_ip: '10.0.0.2' },
          summary: 'The replica 10.0.0.2 of Redis has acknowledged nothing for 45 s.',
        },
      ],
    };
  },
  RedisCpuHigh: () => ({
    series: {
      [series('redis_cpu_sys_main_thread_seconds_total', REDIS)]: {
        ...{ well: { perMinute: 6 }, tolerated: { perMinute: 15 }, wrong: { perMinute: 18 } },
      },
      [series('redis_cpu_user_main_thread_seconds_total', REDIS)]: {
        ...{ well: { perMinute: 6 }, tolerated: { perMinute: 36 }, wrong: { perMinute: 39 } },
      },
    },
    fires: [{ labels: REDIS, summary: 'The thread of Redis that runs commands uses 95% of a core.' }],
    ...{ within: 17, resolves: 8 },
  }),
};

const member = (index: number): string => `mongodb-rs0-${index}.mongodb-rs0.mongodb.svc.cluster.local:27017`;

const ofMember = (name: string, index: number, state: string): string =>
  series(name, {
    ...MONGODB,
    cl_role: 'shardsvr',
    rs_nm: 'rs0',
    member_idx: member(index),
    member_state: state,
  });

const mongodbScenarios: Readonly<Record<string, (rule: AlertRule) => Scenario>> = {
  MongodbExporterDown: goneOf(MONGODB, 'Prometheus cannot scrape the exporter of MongoDB.'),
  MongodbDown: () => ({
    series: {
      [series('mongodb_up', { ...MONGODB, cluster_role: 'mongod' })]: {
        // An election.
        ...{ well: 1, tolerated: (minute) => (minute % 5 === 0 ? 0 : 1), wrong: 0 },
      },
    },
    fires: [{ labels: { namespace: 'mongodb' }, summary: 'No member of MongoDB answers its exporter.' }],
  }),
  MongodbMemberUnhealthy: () => ({
    series: {
      [ofMember('mongodb_rs_members_health', 0, 'PRIMARY')]: same(1),
      [ofMember('mongodb_rs_members_health', 1, 'SECONDARY')]: {
        // It is started anew.
        ...{ well: 1, tolerated: (minute) => (minute % 10 < 3 ? 0 : 1), wrong: 0 },
      },
    },
    fires: [
      {
        labels: { namespace: 'mongodb', member_idx: member(1) },
        summary: `The member ${member(1)} of MongoDB cannot be reached by the others.`,
      },
    ],
  }),
  MongodbReplicationLag: () => {
    const primary = (minute: number): number => 1_700_000_000_000 + minute * 60_000;
    const behind = (seconds: number) => (minute: number) => primary(minute) - seconds * 1000;
    return {
      series: {
        [ofMember('mongodb_rs_members_optimeDate', 0, 'PRIMARY')]: { well: primary, wrong: primary },
        [ofMember('mongodb_rs_members_optimeDate', 1, 'SECONDARY')]: {
          ...{ well: behind(0), tolerated: behind(30), wrong: behind(90) },
        },
        [ofMember('mongodb_rs_members_optimeDate', 2, 'SECONDARY')]: { well: behind(1), wrong: behind(1) },
      },
      fires: [
        {
          labels: { namespace: 'mongodb', member_idx: member(1) },
          summary: `The member ${member(1)} of MongoDB is 1m 30s behind.`,
        },
      ],
    };
  },
  MongodbConnectionsHigh: () => {
    const of = (type: string): string =>
      series('mongodb_ss_connections', { ...MONGODB, rs_nm: 'rs0', conn_type: type });
    return {
      series: {
        [of('current')]: { well: 100, tolerated: 800, wrong: 900 },
        [of('available')]: { well: 900, tolerated: 200, wrong: 100 },
        // All that were ever made.
        [of('totalCreated')]: same(1_000_000),
      },
      fires: [
        { labels: { namespace: 'mongodb' }, summary: 'MongoDB has given away 90% of its connections.' },
      ],
    };
  },
  MongodbCpuHigh: cpuOf('mongodb', 'mongod'),
};

/** Alerts of the servers of Redis, MongoDB and the index, by what their exporters report. */
export const storeScenarios: Readonly<Record<string, (rule: AlertRule) => Scenario>> = {
  ...{ ...redisScenarios, ...mongodbScenarios, ...indexScenarios },
};
