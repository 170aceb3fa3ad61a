import { type Catalogue, OPEN } from './metric.ts';

/** How a request to inject ends: the `outcome` of transactions_requested_total. */
export const REQUEST_OUTCOMES = ['accepted', 'replayed', 'conflict', 'invalid', 'unavailable'] as const;

/** How an attempt to write a transaction ends: the `outcome` of transactions_written_total. */
export const WRITE_OUTCOMES = ['written', 'duplicate', 'retried', 'failed'] as const;

/** Takes transactions into the queues. */
export const inject = {
  transactions: {
    name: 'transactions_requested_total',
    type: 'counter',
    help: 'Transactions of the requests that ended, by outcome; a request that was not read counts as one.',
    labels: { outcome: REQUEST_OUTCOMES },
    unit: 'transactions',
  },
} as const satisfies Catalogue;

/** Answers questions about transactions. */
export const query = {
  requests: {
    name: 'transactions_queries_total',
    type: 'counter',
    help: 'Requests for transactions that were answered, refused for a fault of the client, or not answered by a store.',
    labels: { outcome: ['answered', 'refused', 'unavailable'] },
    unit: 'requests',
  },
  indexLag: {
    name: 'transactions_index_lag_seconds',
    type: 'gauge',
    help: 'How long ago the instant is up to which the index is complete; absent until the queue was looked at.',
    labels: {},
    unit: 'seconds',
  },
  indexPending: {
    name: 'transactions_index_pending',
    type: 'gauge',
    help: 'Transactions accepted that the index does not have; absent until the queue was looked at.',
    labels: {},
    unit: 'transactions',
  },
} as const satisfies Catalogue;

/** Takes transactions from a queue and writes them to a store: process and journal. */
export const writer = {
  transactions: {
    name: 'transactions_written_total',
    type: 'counter',
    help: 'Attempts to write a transaction that ended, by outcome.',
    labels: { outcome: WRITE_OUTCOMES },
    unit: 'transactions',
  },
  inFlight: {
    name: 'transactions_in_flight',
    type: 'gauge',
    help: 'Transactions taken from the queue that are not written yet.',
    labels: {},
    unit: 'transactions',
  },
  lag: {
    name: 'transaction_lag_seconds',
    type: 'histogram',
    help: 'From the acceptance of a transaction until the store has it.',
    labels: {},
    unit: 'seconds',
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600],
  },
  batch: {
    name: 'transactions_batch_size',
    type: 'histogram',
    help: 'Transactions of one write to the store.',
    labels: {},
    unit: 'transactions',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
  },
  batchDuration: {
    name: 'transactions_batch_duration_seconds',
    type: 'histogram',
    help: 'How long one write to the store took.',
    labels: {},
    unit: 'seconds',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
  },
  stalled: {
    name: 'transactions_taken_over_total',
    type: 'counter',
    help: 'Transactions taken over from a worker that died or lost its lock.',
    labels: {},
    unit: 'transactions',
  },
  unavailable: {
    name: 'transactions_store_unavailable',
    type: 'gauge',
    help: '1 while writes to the store fail as a whole and are repeated, else 0.',
    labels: {},
    unit: 'boolean',
  },
} as const satisfies Catalogue;

/** Where a job of BullMQ can be: the `state` of queue_jobs. */
export const JOB_STATES = [
  'waiting',
  'prioritized',
  'paused',
  'active',
  'delayed',
  'failed',
  'completed',
] as const;

/** Counts the queues of BullMQ in one Redis. */
export const queueExporter = {
  jobs: {
    name: 'queue_jobs',
    type: 'gauge',
    help: 'Jobs of a queue that Redis holds, by state.',
    labels: { queue: OPEN, state: JOB_STATES },
    unit: 'jobs',
  },
  ready: {
    name: 'queue_jobs_ready',
    type: 'gauge',
    help: 'Jobs that can be taken: waiting, prioritized, and delayed ones whose time has come.',
    labels: { queue: OPEN },
    unit: 'jobs',
  },
  active: {
    name: 'queue_jobs_active',
    type: 'gauge',
    help: 'Jobs that workers hold.',
    labels: { queue: OPEN },
    unit: 'jobs',
  },
  oldestWait: {
    name: 'queue_oldest_wait_seconds',
    type: 'gauge',
    help: 'How long the job that is taken next has waited; 0 where none waits, absent where its instant cannot be.',
    labels: { queue: OPEN },
    unit: 'seconds',
  },
  ended: {
    name: 'queue_jobs_ended_total',
    type: 'counter',
    help: 'Jobs that ended since the queue exists, where its workers keep totals, by outcome.',
    labels: { queue: OPEN, outcome: ['completed', 'failed'] },
    unit: 'jobs',
  },
  duration: {
    name: 'queue_job_duration_seconds',
    type: 'histogram',
    help: 'From a worker taking a job until it ended, by outcome.',
    labels: { queue: OPEN, outcome: ['completed', 'failed'] },
    unit: 'seconds',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
  },
  up: {
    name: 'queue_exporter_redis_up',
    type: 'gauge',
    help: '1 while Redis answers the exporter, else 0.',
    labels: {},
    unit: 'boolean',
  },
} as const satisfies Catalogue;
