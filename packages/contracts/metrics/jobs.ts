import type { Catalogue } from './metric.ts';

/** How an attempt at a job ends: the `outcome` of jobs_processed_total. */
export const OUTCOMES = ['succeeded', 'retried', 'parked'] as const;

/** Why a message is parked: the `reason` of jobs_parked_total. */
export const PARKING_REASONS = ['invalid', 'attempts_exhausted', 'deliveries_lost'] as const;

/** The supervised connection of every service that holds one. */
export const amqp = {
  connected: {
    name: 'amqp_connected',
    type: 'gauge',
    help: '1 while connected to the broker, else 0.',
    labels: {},
    unit: 'boolean',
  },
  blocked: {
    name: 'amqp_blocked',
    type: 'gauge',
    help: '1 while the broker refuses to take messages (memory or disk alarm), else 0.',
    labels: {},
    unit: 'boolean',
  },
  connectionsLost: {
    name: 'amqp_connections_lost_total',
    type: 'counter',
    help: 'Connections that failed or could not be made.',
    labels: {},
    unit: 'connections',
  },
} as const satisfies Catalogue;

/** The consumer: its jobs, and whether it gets any. */
export const consumer = {
  jobsProcessed: {
    name: 'jobs_processed_total',
    type: 'counter',
    help: 'Attempts that ended, by outcome.',
    labels: { outcome: OUTCOMES },
    unit: 'jobs',
  },
  jobsParked: {
    name: 'jobs_parked_total',
    type: 'counter',
    help: 'Messages that were parked, by reason.',
    labels: { reason: PARKING_REASONS },
    unit: 'messages',
  },
  jobsRedelivered: {
    name: 'jobs_redelivered_total',
    type: 'counter',
    help: 'Deliveries that ended without an answer (a consumer, a connection or the broker died) and were counted.',
    labels: {},
    unit: 'messages',
  },
  jobDuration: {
    name: 'job_duration_seconds',
    type: 'histogram',
    help: 'How long an attempt took.',
    labels: {},
    unit: 'seconds',
    // Work from milliseconds to 5 minutes, the default (5 s) in the middle.
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 7.5, 10, 30, 60, 300],
  },
  jobWait: {
    name: 'job_wait_seconds',
    type: 'histogram',
    help: 'From publishing to the start of an attempt.',
    labels: {},
    unit: 'seconds',
    // A job waits for a pod to start (seconds) or for a whole burst before it (minutes).
    buckets: [0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600],
  },
  jobsInFlight: {
    name: 'jobs_in_flight',
    type: 'gauge',
    help: 'Jobs in hand.',
    labels: {},
    unit: 'jobs',
  },
  jobsHeld: {
    name: 'jobs_held',
    type: 'gauge',
    help: 'Jobs in hand that the broker takes neither for the retry queue nor for the parking queue.',
    labels: {},
    unit: 'jobs',
  },
  jobsNotRepublished: {
    name: 'jobs_not_republished_total',
    type: 'counter',
    help: 'Tries to publish a job to the retry, parking or work queue that the broker did not take.',
    labels: {},
    unit: 'messages',
  },
  consuming: {
    name: 'consumer_consuming',
    type: 'gauge',
    help: '1 while the broker delivers jobs to it, else 0.',
    labels: {},
    unit: 'boolean',
  },
  topologyMissing: {
    name: 'consumer_topology_missing',
    type: 'gauge',
    help: 'Exchanges and queues that it relies on and that the broker does not have, at the last connection.',
    labels: {},
    unit: 'values',
  },
} as const satisfies Catalogue;

/** The publisher: a run's jobs. */
export const publisher = {
  jobsConfirmed: {
    name: 'jobs_confirmed_total',
    type: 'counter',
    help: 'Jobs that the broker has confirmed.',
    labels: {},
    unit: 'jobs',
  },
  jobsRefused: {
    name: 'jobs_refused_total',
    type: 'counter',
    help: 'Times that the broker refused a job, which is published again.',
    labels: {},
    unit: 'jobs',
  },
  jobsReturned: {
    name: 'jobs_returned_total',
    type: 'counter',
    help: 'Jobs that no queue took.',
    labels: {},
    unit: 'jobs',
  },
  jobsUnconfirmed: {
    name: 'jobs_unconfirmed',
    type: 'gauge',
    help: 'Jobs that are published and not confirmed.',
    labels: {},
    unit: 'jobs',
  },
} as const satisfies Catalogue;
