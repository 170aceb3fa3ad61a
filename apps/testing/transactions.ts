/** The services of transactions with numbers of the tests' own. */
import { queueWorker } from '../workloads/queue-worker.ts';
import { scheduledJob } from '../workloads/scheduled-job.ts';
import { transactionAnswers, transactionIntake, transactionRuns } from '../workloads/transaction-services.ts';
import { transactionWriter } from '../workloads/transaction-writer.ts';
import { webService } from '../workloads/web-service.ts';

/** Takes them into both queues. */
export const inject = webService('inject', { maxReplicas: 10, perReplica: 500 }, transactionIntake);

/** Takes them from its queue into its store. */
const writer = <const Name extends 'process' | 'journal'>(
  name: Name,
  store: 'mongodb' | 'elasticsearch',
  settings: { readonly perReplica: number; readonly maxReplicas: number; readonly batch: number },
) =>
  queueWorker(name, settings, (own, environment) =>
    transactionWriter(name, { store, scope: 'transactions', access: 'write' }, own, environment),
  );

/** Writes them to MongoDB. */
export const process = writer('process', 'mongodb', { perReplica: 1000, maxReplicas: 5, batch: 100 });

/** Writes them into the index. */
export const journal = writer('journal', 'elasticsearch', { perReplica: 2000, maxReplicas: 5, batch: 200 });

/** Shows and searches them. */
export const query = webService('query', { maxReplicas: 6 }, transactionAnswers);

/** Sends some. */
export const transactionLoad = scheduledJob('transaction-load', { deadlineSeconds: 60 }, (own, environment) =>
  transactionRuns('transaction-load', own, environment),
);

/** All of them. */
export const transactionWorkloads = [inject, process, journal, query, transactionLoad];
