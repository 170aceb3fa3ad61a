import { REASONS } from '@sluice/policy';
import { type Catalogue, OPEN } from './metric.ts';

/** Why the scaler could not read a backlog: the `cause` of sluice_scaler_reading_failures_total. */
export const READING_FAILURES = [
  'timeout',
  'unreachable',
  'untrusted',
  'redirect',
  'too-large',
  'unauthorized',
  'http-status',
  'queue-missing',
  'field-missing',
  'empty',
  'ambiguous',
  'invalid',
  'stale',
] as const;

/** Why the exporter has nothing of a target: the `reason` of sluice_exporter_target_failures_total. */
export const FETCH_FAILURES = [
  'timeout',
  'unreachable',
  'untrusted',
  'address-refused',
  'credentials',
  'redirect',
  'http-status',
  'too-large',
  'bad-encoding',
  'not-json',
  'series-limit',
  // A fault of the exporter itself.
  'broken',
] as const;

/** The scaler: what it reads, decides and writes, by the workload's name in its file. */
export const scaler = {
  backlog: {
    name: 'sluice_scaler_backlog',
    type: 'gauge',
    help: 'Messages in the queue at the last reading, by state (ready, unacked).',
    labels: { workload: OPEN, state: ['ready', 'unacked'] },
    unit: 'messages',
  },
  desiredReplicas: {
    name: 'sluice_scaler_desired_replicas',
    type: 'gauge',
    help: 'Replicas that the last decision wants.',
    labels: { workload: OPEN },
    unit: 'replicas',
  },
  currentReplicas: {
    name: 'sluice_scaler_current_replicas',
    type: 'gauge',
    help: 'Replicas that the target asked for when it was last read or written.',
    labels: { workload: OPEN },
    unit: 'replicas',
  },
  decisions: {
    name: 'sluice_scaler_decisions_total',
    type: 'counter',
    help: 'Decisions made, by reason.',
    labels: { workload: OPEN, reason: REASONS },
    unit: 'decisions',
  },
  readingFailures: {
    name: 'sluice_scaler_reading_failures_total',
    type: 'counter',
    help: 'Readings that decided nothing, by cause.',
    labels: { workload: OPEN, cause: READING_FAILURES },
    unit: 'failures',
  },
  targetFailures: {
    name: 'sluice_scaler_target_failures_total',
    type: 'counter',
    help: 'Reads and writes of the replica count that failed, by operation (read, write).',
    labels: { workload: OPEN, operation: ['read', 'write'] },
    unit: 'failures',
  },
  readingAge: {
    name: 'sluice_scaler_reading_age_seconds',
    type: 'gauge',
    help: 'Age of the last good reading.',
    labels: { workload: OPEN },
    unit: 'seconds',
  },
  oldestWait: {
    name: 'sluice_scaler_oldest_wait_seconds',
    type: 'gauge',
    help: 'Age of the oldest ready message at the last reading, by who says so (broker; first-sight, a lower bound); absent while it is unknown.',
    labels: { workload: OPEN, source: ['broker', 'first-sight'] },
    unit: 'seconds',
  },
  arrivals: {
    name: 'sluice_scaler_arrivals_per_second',
    type: 'gauge',
    help: 'Messages published a second, as measured for a policy that lives off it.',
    labels: { workload: OPEN },
    unit: 'messages',
  },
  serviceTime: {
    name: 'sluice_scaler_service_seconds',
    type: 'gauge',
    help: 'Seconds that one message is in work, as measured for a policy that lives off it.',
    labels: { workload: OPEN },
    unit: 'seconds',
  },
  measuresAge: {
    name: 'sluice_scaler_measures_age_seconds',
    type: 'gauge',
    help: 'Age of the reading that was last measured.',
    labels: { workload: OPEN },
    unit: 'seconds',
  },
  leader: {
    name: 'sluice_scaler_leader',
    type: 'gauge',
    help: '1 while this process may change replica counts, else 0.',
    labels: {},
    unit: 'boolean',
  },
} as const satisfies Catalogue;

/** The exporter: its own work; what it makes of documents stands in its mappings. */
export const exporter = {
  up: {
    name: 'sluice_exporter_target_up',
    type: 'gauge',
    help: '1 when the last fetch succeeded, else 0.',
    labels: { target: OPEN },
    unit: 'boolean',
  },
  duration: {
    name: 'sluice_exporter_target_duration_seconds',
    type: 'gauge',
    help: 'How long the last fetch took.',
    labels: { target: OPEN },
    unit: 'seconds',
  },
  lastSuccess: {
    name: 'sluice_exporter_target_last_success_timestamp_seconds',
    type: 'gauge',
    help: 'When a fetch succeeded last, Unix time.',
    labels: { target: OPEN },
    unit: 'unix-seconds',
  },
  series: {
    name: 'sluice_exporter_target_series',
    type: 'gauge',
    help: 'Series in the last document.',
    labels: { target: OPEN },
    unit: 'series',
  },
  invalidValues: {
    name: 'sluice_exporter_target_invalid_values',
    type: 'gauge',
    help: 'Values of the last document that could not be exposed.',
    labels: { target: OPEN },
    unit: 'values',
  },
  failures: {
    name: 'sluice_exporter_target_failures_total',
    type: 'counter',
    help: 'Fetches that failed.',
    labels: { target: OPEN, reason: FETCH_FAILURES },
    unit: 'failures',
  },
  restarts: {
    name: 'sluice_exporter_target_restarts_total',
    type: 'counter',
    help: 'Documents with a counter that started again.',
    labels: { target: OPEN },
    unit: 'documents',
  },
  probes: {
    name: 'sluice_exporter_probes_total',
    type: 'counter',
    help: 'Requests to /probe.',
    labels: { result: ['success', 'failure', 'refused'] },
    unit: 'requests',
  },
} as const satisfies Catalogue;

/** The web service: the requests that it serves. `route` is a pattern, never a path. */
export const api = {
  requests: {
    name: 'http_requests_total',
    type: 'counter',
    help: 'Requests answered.',
    labels: { method: OPEN, route: OPEN, status: OPEN },
    unit: 'requests',
  },
  duration: {
    name: 'http_request_duration_seconds',
    type: 'histogram',
    help: 'From the end of the headers to the end of the answer.',
    labels: { method: OPEN, route: OPEN },
    unit: 'seconds',
    // An answer is a matter of a millisecond; p99 targets lie between 5 ms and 1 s.
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  },
  inFlight: {
    name: 'http_requests_in_flight',
    type: 'gauge',
    help: 'Requests in hand.',
    labels: {},
    unit: 'requests',
  },
  shed: {
    name: 'http_requests_shed_total',
    type: 'counter',
    help: 'Requests answered with 503 because the event loop was late.',
    labels: {},
    unit: 'requests',
  },
} as const satisfies Catalogue;

/** The board: who reads it, and what it reads. */
export const board = {
  requests: {
    name: 'sluice_board_requests_total',
    type: 'counter',
    help: 'Pages, files and streams answered, by route and status.',
    labels: { route: OPEN, status: OPEN },
    unit: 'requests',
  },
  streams: {
    name: 'sluice_board_streams',
    type: 'gauge',
    help: 'Browsers that follow a page live.',
    labels: {},
    unit: 'connections',
  },
  sourceFailures: {
    name: 'sluice_board_source_failures_total',
    type: 'counter',
    help: 'Readings of the sources that failed.',
    labels: {},
    unit: 'failures',
  },
  policyReports: {
    name: 'sluice_board_csp_reports_total',
    type: 'counter',
    help: 'Reports of browsers that a page tried what its content security policy forbids.',
    labels: {},
    unit: 'failures',
  },
} as const satisfies Catalogue;
