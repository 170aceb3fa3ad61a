import type { AlertRule } from '../rules.ts';
import type { Scenario } from '../scenario.ts';
import { LEADER, led } from './queue.ts';

/** Prometheus scrapes it well, then not, then not at all. */
const up = (labels: string) => ({ [`up{${labels}}`]: { well: 1, wrong: 0 } });

const target = { target: 'broker', namespace: 'exporter', pod: 'a' };
const labelled = (name: string, labels: Readonly<Record<string, string>>): string =>
  `${name}{${Object.entries(labels).map(([key, value]) => `${key}="${value}"`)}}`;

const BROKER = { namespace: 'broker', job: 'broker', pod: 'broker-0' };

/** A series of the broker, whichever it is. */
function ofBroker(rule: AlertRule, name: string): string {
  const prefix = /\b(lavinmq|rabbitmq)_/.exec(rule.expr)?.[1];
  return labelled(`${prefix}_${name}`, BROKER);
}

/** Alerts of the broker, the scaler and the exporter. */
export const platformScenarios: Readonly<Record<string, (rule: AlertRule) => Scenario>> = {
  BrokerDown: (rule) => ({
    series: up('namespace="broker",job="broker",metrics_path="/metrics"'),
    fires: [{ summary: rule.annotations.summary ?? '' }],
  }),
  BoardDown: (rule) => ({
    series: up('namespace="board",job="board"'),
    fires: [{ summary: rule.annotations.summary ?? '' }],
  }),
  BoardReadingsFail: () => ({
    series: {
      'sluice_board_source_failures_total{namespace="board",pod="board-a"}': {
        well: 0,
        tolerated: { perMinute: 1 },
        wrong: { perMinute: 12 },
      },
    },
    fires: [
      { labels: { pod: 'board-a' }, summary: 'The pod board-a of the board cannot read the workloads.' },
    ],
    ...{ within: 14, resolves: 12 },
  }),
  BoardPolicyReported: () => ({
    series: {
      'sluice_board_csp_reports_total{namespace="board",pod="board-a"}': {
        well: 0,
        wrong: { perMinute: 60 },
      },
    },
    fires: [{ summary: 'Browsers report that a page of the board tried what it must not do.' }],
    ...{ within: 2, resolves: 65 },
  }),
  BrokerMemoryHigh: (rule) => ({
    series: {
      [ofBroker(rule, 'process_resident_memory_bytes')]: { well: 100, tolerated: 800, wrong: 900 },
      [ofBroker(rule, 'resident_memory_limit_bytes')]: { well: 1000, wrong: 1000 },
    },
    fires: [{ labels: BROKER, summary: 'The broker uses 90% of the memory that it may use.' }],
  }),
  BrokerDiskLow: (rule) => {
    const least = Number(/< (\d+)$/.exec(rule.expr)?.[1]);
    return {
      series: {
        [ofBroker(rule, 'disk_space_available_bytes')]: {
          well: least * 5,
          tolerated: least,
          wrong: 100 * 1024 ** 2,
        },
      },
      fires: [{ labels: BROKER, summary: 'The broker has 100MiB of disk left.' }],
    };
  },
  BrokerConnectionsHigh: (rule) => {
    const most = Number(/> (\d+)$/.exec(rule.expr)?.[1]);
    return {
      series: { [ofBroker(rule, 'connections')]: { well: 3, tolerated: most, wrong: most + 1 } },
      fires: [
        {
          labels: BROKER,
          summary: `The broker has ${most + 1} connections, more than all known clients together need.`,
        },
      ],
    };
  },
  ScalerReadingsFrozen: () => ({
    series: {
      ...LEADER,
      [led('sluice_scaler_reading_age_seconds', 'workload="jobs"')]: { well: 5, tolerated: 60, wrong: 90 },
      // A follower repeats what it read when it led.
      'sluice_scaler_leader{pod="scaler-1",namespace="scaler"}': { well: 0, wrong: 0 },
      'sluice_scaler_reading_age_seconds{pod="scaler-1",namespace="scaler",workload="jobs"}': {
        well: 9000,
        wrong: 9000,
      },
    },
    fires: [{ labels: { workload: 'jobs' }, summary: 'No reading of jobs for 1m 30s.' }],
  }),
  ScalerWithoutLeader: (rule) => ({
    series: {
      'sluice_scaler_leader{pod="scaler-0",namespace="scaler"}': { well: 1, tolerated: 0, wrong: 0 },
      'sluice_scaler_leader{pod="scaler-1",namespace="scaler"}': { well: 0, tolerated: 1, wrong: 0 },
    },
    fires: [{ summary: rule.annotations.summary ?? '' }],
  }),
  ScalerReadingsFail: () => ({
    series: {
      [led('sluice_scaler_reading_failures_total', 'workload="jobs",cause="timeout"')]: {
        well: 0,
        tolerated: (minute) => (minute < 30 ? 0 : 4),
        wrong: { perMinute: 2 },
      },
    },
    fires: [{ labels: { workload: 'jobs', cause: 'timeout' }, summary: 'Readings of jobs fail: timeout.' }],
    ...{ within: 10, resolves: 12 },
  }),
  ScalerFlaps: () => ({
    series: {
      ...LEADER,
      [led('sluice_scaler_desired_replicas', 'workload="jobs"')]: {
        // A burst every ten minutes.
        well: (minute) => (minute % 10 < 5 ? 25 : 0),
        tolerated: (minute) => (minute % 4 < 2 ? 25 : 0),
        wrong: (minute) => (minute % 2 === 0 ? 25 : 0),
      },
    },
    fires: [
      {
        labels: { workload: 'jobs' },
        summary: 'The replica count of jobs was lowered 15 times in 30 minutes.',
      },
    ],
    ...{ within: 30, resolves: 31, calm: 40 },
  }),
  ScalerCannotScale: () => ({
    series: {
      [led('sluice_scaler_target_failures_total', 'workload="jobs",operation="write"')]: {
        well: 0,
        tolerated: (minute) => (minute < 30 ? 0 : 1),
        wrong: { perMinute: 4 },
      },
    },
    fires: [
      {
        labels: { workload: 'jobs', operation: 'write' },
        summary: 'The scaler fails to write the replica count of jobs.',
      },
    ],
    ...{ within: 8, resolves: 8 },
  }),
  ExporterTargetDown: () => ({
    series: { [labelled('sluice_exporter_target_up', target)]: { well: 1, wrong: 0 } },
    fires: [{ labels: target, summary: 'The exporter gets no document of broker.' }],
  }),
  ExporterDown: (rule) => ({
    series: up('namespace="exporter",job="exporter"'),
    fires: [{ summary: rule.annotations.summary ?? '' }],
  }),
};
