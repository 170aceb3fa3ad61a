/** The services of transactions with numbers of the tests' own. */
import { queueWorker } from '../workloads/queue-worker.ts';
import { scheduledJob } from '../workloads/scheduled-job.ts';
import { transactionAnswers, transactionIntake, transactionRuns } from '../workloads/transaction-services.ts';
import { transactionWriter } from '../workloads/transaction-writer.ts';
import { webService } from '../workloads/web-service.ts';

/** Takes them into both queues. */
export const inject = webService('inject', { maxReplicas: 10, perReplica: 500 }, transactionIntake);

/** Writes them to MongoDB. */
export const process = queueWorker(
  'process',
  { perReplica: 1000, maxReplicas: 5, batch: 100 },
  (own, environment) =>
    transactionWriter(
      'process',
      { store: 'mongodb', scope: 'transactions', access: 'write' },
      own,
      environment,
    ),
);

/** Writes them into the index. */
export const journal = queueWorker(
  'journal',
  { perReplica: 2000, maxReplicas: 5, batch: 200 },
  (own, environment) =>
    transactionWriter(
      'journal',
      { store: 'elasticsearch', scope: 'transactions', access: 'write' },
      own,
      environment,
    ),
);

/** Shows and searches them. */
export const query = webService('query', { maxReplicas: 6 }, transactionAnswers);

/** Sends some. */
export const transactionLoad = scheduledJob('transaction-load', { deadlineSeconds: 60 }, (own, environment) =>
  transactionRuns('transaction-load', own, environment),
);

/** All of them. */
export const transactionWorkloads = [inject, process, journal, query, transactionLoad];
