import { scheduledJob } from './scheduled-job.ts';
import { transactionRuns } from './transaction-services.ts';

/** Runs that send transactions to inject, where the environment asks for them: they are no one's. */
export const transactionLoad = scheduledJob('transaction-load', { deadlineSeconds: 60 }, (own, environment) =>
  transactionRuns('transaction-load', own, environment),
);
