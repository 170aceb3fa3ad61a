import { queueWorker } from './queue-worker.ts';
import { transactionWriter, type WriterSettings } from './transaction-writer.ts';

const settings: WriterSettings = { perReplica: 1000, maxReplicas: 5, batch: 100 };

/** Writes transactions to MongoDB, each once. */
export const process = queueWorker('process', settings, (own, environment) =>
  transactionWriter(
    'process',
    { store: 'mongodb', scope: 'transactions', access: 'write' },
    own,
    environment,
  ),
);
