import type { Alert, RecordingRule } from '../../charts/alerts.ts';

/** The broker's identity, and the thresholds of its alerts. */
export interface BrokerLimits {
  readonly namespace: string;
  /** The job that Prometheus scrapes it by. */
  readonly job: string;
  /** What the names of its metrics begin with. */
  readonly metricPrefix: string;
  /** Bytes of its volume. */
  readonly volumeBytes: number;
  /** Connections that all known clients can have together. */
  readonly connections: number;
}

/** The share of the volume that must stay free. */
export const FREE_SHARE = 0.2;

/** The share of its memory limit that a broker may use before an alert fires. */
export const MEMORY_SHARE = 0.8;

/** States of the broker that lead to its own alarms, reported before they do. */
export const brokerAlerts = ({ namespace, job, metricPrefix, ...limits }: BrokerLimits): readonly Alert[] => {
  const of = (series: string): string => `${metricPrefix}_${series}{namespace="${namespace}"}`;
  const freeBytes = Math.floor(limits.volumeBytes * FREE_SHARE);
  return [
    {
      name: 'BrokerDown',
      severity: 'critical',
      expr: `absent(up{namespace="${namespace}",job="${job}",metrics_path="/metrics"} == 1)`,
      for: '2m',
      summary: 'Prometheus cannot scrape the broker.',
      description: 'No message is published or delivered, and the scaler keeps every replica count as it is.',
    },
    {
      name: 'BrokerMemoryHigh',
      severity: 'warning',
      expr: `${of('process_resident_memory_bytes')} / ${of('resident_memory_limit_bytes')} > ${MEMORY_SHARE}`,
      for: '5m',
      summary: 'The broker uses {{ $value | humanizePercentage }} of the memory that it may use.',
      description:
        'At its limit the broker blocks every publisher. Look for a queue that grows and for consumers that hold many messages.',
    },
    {
      name: 'BrokerDiskLow',
      severity: 'critical',
      expr: `${of('disk_space_available_bytes')} < ${freeBytes}`,
      for: '5m',
      summary: 'The broker has {{ $value | humanize1024 }}B of disk left.',
      description:
        'Below its own limit the broker takes no message. Messages without a consumer fill the volume: look at the length of each queue.',
    },
    {
      name: 'BrokerConnectionsHigh',
      severity: 'warning',
      expr: `${of('connections')} > ${limits.connections}`,
      for: '10m',
      summary: 'The broker has {{ $value }} connections, more than all known clients together need.',
      description: `Every replica of every workload together needs at most ${limits.connections}. A client opens connections and does not close them, or an unknown one has a password.`,
    },
  ];
};

/** Messages of each queue, whatever the broker calls them: alerts of workers read these. */
export const QUEUE_MESSAGES = {
  ready: 'queue:messages_ready:max',
  unacked: 'queue:messages_unacked:max',
} as const;

/** Those series, of the metrics of one broker. */
export const queueRecords = ({
  namespace,
  metricPrefix,
}: Pick<BrokerLimits, 'namespace' | 'metricPrefix'>): readonly RecordingRule[] =>
  (['ready', 'unacked'] as const).map((state) => ({
    record: QUEUE_MESSAGES[state],
    expr: `max by (queue) (${metricPrefix}_detailed_queue_messages_${state}{namespace="${namespace}"})`,
  }));
