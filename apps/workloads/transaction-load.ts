import { HTTP_PORT } from '../../charts/pod.ts';
import { images } from '../../environments/images.ts';
import { scheduledJob, scheduledJobAlerts } from './scheduled-job.ts';

const NAME = 'transaction-load';
const DEADLINE_SECONDS = 60;
const inject = { name: 'inject', namespace: 'inject', component: 'web' } as const;

/** Runs that send transactions to inject, where the environment asks for them: they are no one's. */
export const transactionLoad = scheduledJob(NAME, {}, (_, { redis, transactions }) => {
  const load = redis && transactions?.load;
  if (load === undefined) return undefined;
  const { everyMinutes, transactions: count } = load;
  return {
    ...{ image: images.inject, everyMinutes, deadlineSeconds: DEADLINE_SECONDS, http: false },
    connections: [{ to: inject, port: HTTP_PORT }],
    environment: () => ({
      ...{ MODE: 'load', INJECT_URL: `http://inject.inject.svc:${HTTP_PORT}` },
      // The Job's name carries the scheduled minute: a retried run sends the same keys.
      RUN_ID: { field: "metadata.labels['batch.kubernetes.io/job-name']" },
      TRANSACTIONS: String(count),
      DEADLINE_SECONDS: String(DEADLINE_SECONDS),
    }),
    alerts: scheduledJobAlerts({
      ...{ namespace: NAME, cronJob: NAME, prefix: 'TransactionLoad', everyMinutes },
      what: 'run that sends transactions',
      failed: 'Not every transaction of the run was accepted. A retry sends the same keys.',
      missing: 'No transactions are sent: what alerts and dashboards show of them is of others alone.',
      missingSeverity: 'warning',
    }),
  };
});
