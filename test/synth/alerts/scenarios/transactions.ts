import type { AlertRule } from '../rules.ts';
import type { Scenario } from '../scenario.ts';
import { selected } from './queue.ts';
import { ofRuns } from './scheduled-jobs.ts';
import { storeScenarios } from './stores.ts';

/** Outcomes that a client got what it asked for by. */
const GOOD: Readonly<Record<string, string>> = { inject: 'accepted', query: 'answered' };

/** Alerts of Redis and of the services of transactions, which an environment has by choice. */
export const transactionScenarios: Readonly<Record<string, (rule: AlertRule) => Scenario>> = {
  ...storeScenarios,
  ...ofRuns('TransactionLoad', 'transaction-load', 'run that sends transactions'),
  ...ofRuns('RedisBackup', 'redis-backup', 'backup of Redis', 'redis'),
  ...ofRuns('MongodbBackup', 'mongodb-backup', 'backup of MongoDB', 'mongodb'),
  ...ofRuns(
    'TransactionsContentRun',
    'transactions-content',
    "run that declares the content of the transactions' index",
    'transactions-index',
  ),
  RedisDown: () => ({
    series: {
      'queue_exporter_redis_up{namespace="redis",pod="queue-exporter-0"}': {
        // The exporter is rolled out anew; then Redis does not answer it, and at last the exporter itself is gone.
        ...{ well: 1, tolerated: (minute: number) => (minute % 10 === 0 ? 0 : 1) },
        wrong: (minute: number) => (minute < 42 ? 0 : null),
      },
    },
    fires: [{ summary: 'The queue exporter cannot read Redis.' }],
    within: 8,
  }),
  QueueJobsFailed: () => {
    const of = (queue: string, state: string): string =>
      `queue_jobs{namespace="redis",queue="${queue}",state="${state}"}`;
    const queue = 'transactions:process';
    return {
      series: {
        // One that is tried again at once, and jobs that are not failed.
        [of(queue, 'failed')]: { well: 0, tolerated: (minute) => (minute % 10 < 4 ? 1 : 0), wrong: 3 },
        [of(queue, 'waiting')]: { well: 500, tolerated: 500, wrong: 500 },
        [of('transactions:journal', 'failed')]: { well: 0, wrong: 0 },
      },
      fires: [
        {
          labels: { namespace: 'redis', queue, state: 'failed' },
          summary: `3 jobs of ${queue} are in the failed set.`,
        },
      ],
    };
  },
  NoReplicaAvailable: (rule) => {
    const [namespace, deployment] = [selected(rule, 'namespace'), selected(rule, 'deployment')];
    const series = `kube_deployment_status_replicas_available{namespace="${namespace}",deployment="${deployment}"}`;
    return {
      // One of two pods answers for both.
      series: { [series]: { well: 2, tolerated: 1, wrong: 0 } },
      fires: [{ labels: { namespace, deployment }, summary: `No pod of ${deployment} is ready.` }],
    };
  },
  RequestsUnavailable: (rule) => {
    const namespace = selected(rule, 'namespace');
    const [name] = /transactions_\w+_total/.exec(rule.expr) ?? [];
    const of = (outcome: string): string => `${name}{namespace="${namespace}",pod="a",outcome="${outcome}"}`;
    return {
      series: {
        [of(GOOD[namespace] ?? '')]: { well: { perMinute: 100 }, wrong: { perMinute: 50 } },
        [of('unavailable')]: { well: 0, tolerated: { perMinute: 4 }, wrong: { perMinute: 50 } },
      },
      fires: [
        { labels: { namespace }, summary: `50% of what clients ask of ${namespace} is answered with 503.` },
      ],
      within: 12,
      resolves: 8,
    };
  },
  IndexBehind: () => {
    const of = (pod: string): string => `transactions_index_lag_seconds{namespace="query",pod="${pod}"}`;
    return {
      series: {
        [of('a')]: { well: 6, tolerated: 300, wrong: 3600 },
        [of('b')]: { well: 6, tolerated: 6, wrong: 3000 },
      },
      fires: [
        {
          labels: { namespace: 'query' },
          summary: 'Searches lack what was accepted in the last 1h 0m 0s.',
        },
      ],
    };
  },
};
