import { queueWorker } from './queue-worker.ts';
import { transactionWriter, type WriterSettings } from './transaction-writer.ts';

const settings: WriterSettings = { perReplica: 2000, maxReplicas: 5, batch: 200 };

/** Writes transactions into the index of Elasticsearch, each once. */
export const journal = queueWorker('journal', settings, (own, environment) =>
  transactionWriter(
    'journal',
    { store: 'elasticsearch', scope: 'transactions', access: 'write' },
    own,
    environment,
  ),
);
