/** The services that take and show transactions, and the runs that send some. Their numbers are those of the workloads. */
import { HTTP_PORT } from '../../charts/pod.ts';
import type { Environment } from '../../environments/environment.ts';
import { images } from '../../environments/images.ts';
import { inject, query } from '../../packages/contracts/metrics/catalogue.ts';
import { TRANSACTION_QUEUES } from '../../packages/contracts/transaction.ts';
import { type ScheduledJobValues, scheduledJobAlerts } from './scheduled-job.ts';
import { indexBehind, serviceAlerts } from './transaction-alerts.ts';
import type { WebServiceValues } from './web-service.ts';

type Behavior = WebServiceValues['scaling']['behavior'];

/** Adds up to so many pods every 15 s, and takes one away each minute after five minutes of too many. */
const upBy = (pods: number): Behavior => ({
  scaleUp: {
    stabilizationWindowSeconds: 0,
    policies: [{ type: 'Pods', value: pods, periodSeconds: 15 }],
    selectPolicy: 'Max',
  },
  scaleDown: {
    stabilizationWindowSeconds: 300,
    policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }],
    selectPolicy: 'Max',
  },
});

/** How the service that takes transactions scales. */
export interface IntakeSettings {
  readonly maxReplicas: number;
  /** Transactions a second that one pod is meant to take. */
  readonly perReplica: number;
}

/** What takes transactions by HTTP into both queues; undefined where the environment has no transactions. */
export const transactionIntake = (
  { maxReplicas, perReplica }: IntakeSettings,
  { redis, transactions }: Environment,
): WebServiceValues | undefined =>
  redis &&
  transactions && {
    image: images.inject,
    readyPath: '/readyz',
    priority: 'high',
    stores: [{ store: 'redis', scope: TRANSACTION_QUEUES.prefix, access: 'write' }],
    alerts: serviceAlerts('inject', inject.transactions, 'critical'),
    environment: () => ({ REDIS_FSYNC: redis.fsync }),
    scaling: {
      minReplicas: 2,
      maxReplicas,
      requests: { series: inject.transactions.name, perReplica, windowSeconds: 60 },
      cpuPercent: 80,
      behavior: upBy(maxReplicas),
    },
  };

/** How the service that shows transactions scales. */
export interface AnswerSettings {
  readonly maxReplicas: number;
}

/** What answers questions about transactions from all three stores; undefined where the environment has none. */
export const transactionAnswers = (
  { maxReplicas }: AnswerSettings,
  { redis, transactions }: Environment,
): WebServiceValues | undefined =>
  redis &&
  transactions && {
    image: images.query,
    readyPath: '/readyz',
    stores: [
      { store: 'redis', scope: TRANSACTION_QUEUES.prefix, access: 'read' },
      { store: 'mongodb', scope: 'transactions', access: 'read' },
      { store: 'elasticsearch', scope: 'transactions', access: 'read' },
    ],
    alerts: [...serviceAlerts('query', query.requests, 'warning'), indexBehind],
    scaling: { minReplicas: 2, maxReplicas, cpuPercent: 70, behavior: upBy(2) },
  };

/** How the runs that send transactions are limited. */
export interface LoadSettings {
  /** Seconds until a run gives up. */
  readonly deadlineSeconds: number;
}

const intake = { name: 'inject', namespace: 'inject', component: 'web' } as const;

/**
 * Runs that send transactions to `inject`; undefined where the environment asks for none.
 * @param name Of the workload
 */
export function transactionRuns(
  name: string,
  { deadlineSeconds }: LoadSettings,
  { redis, transactions }: Environment,
): ScheduledJobValues | undefined {
  const load = redis && transactions?.load;
  if (load === undefined) return undefined;
  const { everyMinutes, transactions: count } = load;
  return {
    ...{ image: images.inject, everyMinutes, deadlineSeconds, http: false },
    connections: [{ to: intake, port: HTTP_PORT }],
    environment: () => ({
      ...{ MODE: 'load', INJECT_URL: `http://inject.inject.svc:${HTTP_PORT}` },
      // The Job's name carries the scheduled minute: a retried run sends the same keys.
      RUN_ID: { field: "metadata.labels['batch.kubernetes.io/job-name']" },
      TRANSACTIONS: String(count),
      DEADLINE_SECONDS: String(deadlineSeconds),
    }),
    alerts: scheduledJobAlerts({
      ...{ namespace: name, cronJob: name, prefix: 'TransactionLoad', everyMinutes },
      what: 'run that sends transactions',
      failed: 'Not every transaction of the run was accepted. A retry sends the same keys.',
      missing: 'No transactions are sent: what alerts and dashboards show of them is of others alone.',
      missingSeverity: 'warning',
    }),
  };
}
