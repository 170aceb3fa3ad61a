import type { AlertRule } from '../rules.ts';
import type { Scenario } from '../scenario.ts';
import { LEADER, led, selected } from './queue.ts';

/** Prometheus scrapes it well, then not, then not at all. */
const up = (labels: string) => ({ [`up{${labels}}`]: { well: 1, wrong: 0 } });

const target = { target: 'broker', namespace: 'exporter', pod: 'a' };
const labelled = (name: string, labels: Readonly<Record<string, string>>): string =>
  `${name}{${Object.entries(labels).map(([key, value]) => `${key}="${value}"`)}}`;

/** Alerts of the broker, the scaler, the publisher and the exporter. */
export const platformScenarios: Readonly<Record<string, (rule: AlertRule) => Scenario>> = {
  JobsParked: (rule) => {
    const queue = selected(rule, 'queue');
    const name = /\((\w+_detailed_queue_messages_ready)/.exec(rule.expr)?.[1];
    const ready = (of: string) => `${name}{namespace="broker",queue="${of}",vhost="/"}`;
    return {
      series: {
        [ready(queue)]: { well: 0, wrong: 3 },
        [ready(queue.replace(/\.parked$/, ''))]: { well: 0, tolerated: 100, wrong: 100 },
      },
      fires: [{ labels: { queue }, summary: `3 jobs are parked in ${queue}.` }],
    };
  },
  BrokerDown: (rule) => ({
    series: up('namespace="broker",job="broker",metrics_path="/metrics"'),
    fires: [{ summary: rule.annotations.summary ?? '' }],
  }),
  PublisherRunFailed: () => {
    const labels = { namespace: 'publisher', job_name: 'publisher-1', condition: 'true' };
    return {
      series: { [labelled('kube_job_failed', labels)]: { well: 0, wrong: 1 } },
      fires: [{ labels, summary: 'The publisher run publisher-1 failed.' }],
    };
  },
  PublisherRunMissing: (rule) => {
    const labels = { namespace: 'publisher', cronjob: 'publisher' };
    const name = 'kube_cronjob_status_last_successful_time';
    const seconds = Number(/> (\d+)$/.exec(rule.expr)?.[1]);
    return {
      series: {
        [labelled(name, labels)]: {
          well: (minute) => minute * 60,
          tolerated: (minute) => minute * 60 - seconds,
          wrong: (minute) => minute * 60 - seconds - 1,
        },
      },
      fires: [{ labels, summary: rule.annotations.summary ?? '' }],
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
        summary: 'The replica count of jobs cannot be write.',
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
