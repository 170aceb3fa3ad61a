import type { AlertRule } from '../rules.ts';
import type { Scenario } from '../scenario.ts';
import { series } from './cluster.ts';

const AGENT = { pod: 'agent-a', exporter: 'otlp_http/loki' };

/** What reads files on another node. */
const READER = { pod: 'agent-c', receiver: 'file_log', transport: '' };

/** The output of Fluent Bit, on one node. */
const OUTPUT = { pod: 'fluent-bit-a', name: 'es.0' };

/** A queue of 1000 with so much in it. */
const queueOf = (tolerated: number, wrong: number, summary: string): Scenario => ({
  series: {
    [series('otelcol_exporter_queue_size', AGENT)]: { well: 0, tolerated, wrong },
    [series('otelcol_exporter_queue_capacity', AGENT)]: { well: 1000, wrong: 1000 },
  },
  fires: [{ labels: AGENT, summary }],
});

/** What happens to log agents and log stores. */
export const logScenarios: Readonly<Record<string, (rule: AlertRule) => Scenario>> = {
  LogsDropped: () => ({
    series: {
      [series('otelcol_exporter_send_failed_log_records_total', AGENT)]: {
        ...{ well: null, wrong: { perMinute: 10 } },
      },
      // Of another agent, which lost lines long ago.
      [series('otelcol_exporter_send_failed_log_records_total', { ...AGENT, pod: 'agent-b' })]: {
        ...{ well: 7, wrong: 7 },
      },
      // Of a receiver that fails on lines itself: it has the series from its first line on.
      [series('otelcol_receiver_failed_log_records_total', READER)]: { well: 0, wrong: { perMinute: 5 } },
    },
    fires: [
      { labels: AGENT, summary: 'The log agent agent-a has dropped 20 lines in 10 minutes.' },
      {
        labels: { pod: READER.pod, receiver: READER.receiver },
        summary: 'The log agent agent-c has dropped 10 lines in 10 minutes.',
      },
    ],
    ...{ calm: 20, within: 2, resolves: 14 },
  }),
  LogsNotSent: () => ({
    series: {
      [series('otelcol_exporter_queue_size', AGENT)]: { well: 0, tolerated: 100, wrong: 100 },
      [series('otelcol_exporter_sent_log_records_total', AGENT)]: {
        ...{ well: { perMinute: 600 }, tolerated: { perMinute: 600 }, wrong: null },
      },
    },
    fires: [{ labels: AGENT, summary: 'The log agent agent-a sends nothing to otlp_http/loki.' }],
    within: 21,
  }),
  LogsBehind: () => queueOf(400, 600, 'The queue of the log agent agent-a is 60% full.'),
  LogsUnread: () =>
    queueOf(900, 1000, 'The queue of the log agent agent-a is full, and it reads no further.'),
  FluentBitDropsLines: () => ({
    series: {
      [series('fluentbit_output_dropped_records_total', OUTPUT)]: { well: 3, wrong: { perMinute: 10 } },
    },
    fires: [{ labels: OUTPUT, summary: 'Fluent Bit in fluent-bit-a has dropped 20 lines in 10 minutes.' }],
    ...{ within: 2, resolves: 14 },
  }),
  FluentBitNotSending: () => ({
    series: {
      [series('fluentbit_output_retries_total', OUTPUT)]: {
        ...{ well: 5, tolerated: { perMinute: 6 }, wrong: { perMinute: 6 } },
      },
      [series('fluentbit_output_proc_records_total', OUTPUT)]: {
        ...{ well: { perMinute: 600 }, tolerated: { perMinute: 600 }, wrong: null },
      },
    },
    fires: [{ labels: OUTPUT, summary: 'Fluent Bit in fluent-bit-a sends nothing to es.0.' }],
    ...{ within: 21, resolves: 14 },
  }),
  FluentBitPaused: () => {
    const labels = { pod: 'fluent-bit-a', name: 'tail.0' };
    return {
      series: { [series('fluentbit_input_ingestion_paused', labels)]: { well: 0, wrong: 1 } },
      fires: [{ labels, summary: 'Fluent Bit in fluent-bit-a reads no further: its buffer is full.' }],
    };
  },
  LokiDown: (rule) => ({
    series: { [series('up', { namespace: 'loki', job: 'loki' })]: { well: 1, wrong: 0 } },
    fires: [{ summary: rule.annotations.summary ?? '' }],
  }),
  VictoriaLogsDown: (rule) => ({
    series: { [series('up', { namespace: 'victoria-logs', job: 'victoria-logs' })]: { well: 1, wrong: 0 } },
    fires: [{ summary: rule.annotations.summary ?? '' }],
  }),
  LogGateDown: (rule) => ({
    series: { [series('up', { namespace: 'log-gate', job: 'log-gate' })]: { well: 1, wrong: 0 } },
    fires: [{ summary: rule.annotations.summary ?? '' }],
  }),
  LogGateNotAcknowledging: () => ({
    series: {
      // Some are sent again while others are written: that is no fault.
      [series('log_gate_pushes_total', { outcome: 'unwritten' })]: {
        ...{ well: 3, tolerated: { perMinute: 6 }, wrong: { perMinute: 6 } },
      },
      [series('log_gate_pushes_total', { outcome: 'written' })]: {
        ...{ well: { perMinute: 60 }, tolerated: { perMinute: 60 }, wrong: null },
      },
    },
    fires: [{ summary: 'The log gate has acknowledged no push in 10 minutes, and refused 60.' }],
    ...{ within: 18, resolves: 14 },
  }),
  LogGateSlow: () => ({
    series: { [series('log_gate_oldest_push_age_seconds', {})]: { well: 3, tolerated: 18, wrong: 21 } },
    fires: [{ summary: 'A push of log lines waits 21s for its answer.' }],
    ...{ within: 11, resolves: 8 },
  }),
  LogGateRefuses: () => ({
    series: {
      [series('log_gate_pushes_total', { outcome: 'refused' })]: { well: 3, wrong: { perMinute: 6 } },
      // A store that is not there is another alert.
      [series('log_gate_pushes_total', { outcome: 'unanswered' })]: { well: 3, wrong: { perMinute: 6 } },
    },
    fires: [
      {
        labels: { outcome: 'refused' },
        summary: 'The log gate has refused 60 pushes in 10 minutes: VictoriaLogs takes them never.',
      },
    ],
    ...{ within: 18, resolves: 14 },
  }),
  VictoriaLogsReadOnly: (rule) => {
    const labels = { namespace: 'victoria-logs', path: '/storage' };
    return {
      series: { [series('vl_storage_is_read_only', labels)]: { well: 0, wrong: 1 } },
      fires: [{ labels, summary: rule.annotations.summary ?? '' }],
    };
  },
  VictoriaLogsDropsLines: () => ({
    series: {
      [series('vl_rows_dropped_total', { reason: 'too_small_timestamp' })]: {
        ...{ well: 3, wrong: { perMinute: 10 } },
      },
    },
    fires: [
      {
        labels: { reason: 'too_small_timestamp' },
        summary: 'VictoriaLogs drops lines: too_small_timestamp.',
      },
    ],
    ...{ within: 8, resolves: 14 },
  }),
};
