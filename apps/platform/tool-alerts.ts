import { type Alert, type NamespaceOwners, ownedByNamespace } from '../../charts/alerts.ts';
import type { AddonName } from '../../environments/versions.ts';
import { logStoreAddresses } from '../../packages/contracts/log-store.ts';
import { countedIn } from '../../packages/contracts/metrics/metric.ts';

/** Days before a certificate ends at which its renewal should have been done for long. */
const CERTIFICATE_DAYS = 14;

/** Counters of lines that an agent of OpenTelemetry lost, and the label that says where: they begin with the first one. */
export const LOST_LINES = [
  { counter: 'otelcol_exporter_send_failed_log_records_total', at: 'exporter' },
  { counter: 'otelcol_exporter_enqueue_failed_log_records_total', at: 'exporter' },
  { counter: 'otelcol_receiver_failed_log_records_total', at: 'receiver' },
] as const;

/** The shares of its queue above which a log agent is behind, and above which it soon reads no further. */
export const QUEUE_SHARES = { behind: 0.5, full: 0.95 } as const;

/**
 * The longest round of the log gate, seconds, and how long a push may wait for its answer: a round and a half is slow,
 * two are the most, as an agent gives up after 30 s and a push may have to wait for the round before its own.
 */
export const GATE_SECONDS = { round: 12, slow: 18, longest: 24 } as const;

/** A log store that no one can ask; a volume that fills up is an alert on any volume. */
const storeDown = (kind: 'loki' | 'victoria-logs'): Alert => ({
  name: kind === 'loki' ? 'LokiDown' : 'VictoriaLogsDown',
  severity: 'critical',
  expr: `absent(up{namespace="${logStoreAddresses[kind].namespace}"} == 1)`,
  for: '5m',
  summary: `No pod of ${kind} answers Prometheus.`,
  description: 'Agents keep lines for a while, and no one can read any. Look at its pods and their volumes.',
});

/** States of addons, where an environment has them. */
export const addonAlerts: Readonly<Partial<Record<AddonName, readonly Alert[]>>> = {
  'cert-manager': [
    {
      name: 'CertificateExpires',
      severity: 'warning',
      expr: `certmanager_certificate_expiration_timestamp_seconds - time() < ${CERTIFICATE_DAYS} * 24 * 3600`,
      for: '1h',
      summary:
        'The certificate {{ $labels.exported_namespace }}/{{ $labels.name }} ends in {{ $value | humanizeDuration }}.',
      description:
        'It should have been renewed 30 days before its end: look at the Certificate and at its challenges.',
    },
  ],
  'argo-cd': [
    {
      name: 'ApplicationOutOfSync',
      severity: 'warning',
      expr: 'argocd_app_info{sync_status!="Synced"} == 1',
      for: '15m',
      summary: 'The Application {{ $labels.name }} is {{ $labels.sync_status }}.',
      description:
        'What is in git is not what runs. `argocd app diff` shows the difference, the sync status the error.',
    },
    {
      name: 'ApplicationDegraded',
      severity: 'warning',
      expr: 'argocd_app_info{health_status=~"Degraded|Missing"} == 1',
      for: '10m',
      summary: 'The Application {{ $labels.name }} is {{ $labels.health_status }}.',
      description:
        'An object of it does not work or is not there: its tree on the page of Argo CD shows which.',
    },
  ],
  'fluent-bit': [
    {
      name: 'FluentBitDropsLines',
      severity: 'critical',
      expr: `sum by (pod, name) (${countedIn('fluentbit_output_dropped_records_total', '10m')}) > 0`,
      for: '0m',
      summary: 'Fluent Bit in {{ $labels.pod }} has dropped {{ $value | humanize }} lines in 10 minutes.',
      description:
        'Elasticsearch refused them for good, and they are not sent again. Its answer is in the log.',
    },
    {
      name: 'FluentBitNotSending',
      severity: 'warning',
      expr: 'sum by (pod, name) (rate(fluentbit_output_retries_total[10m])) > 0 unless sum by (pod, name) (rate(fluentbit_output_proc_records_total[10m])) > 0',
      for: '10m',
      summary: 'Fluent Bit in {{ $labels.pod }} sends nothing to {{ $labels.name }}.',
      description:
        'Lines wait on the node. Look at Elasticsearch, at its user, and at the NetworkPolicy to it.',
    },
    {
      name: 'FluentBitPaused',
      severity: 'critical',
      expr: 'max by (pod, name) (fluentbit_input_ingestion_paused) == 1',
      for: '15m',
      summary: 'Fluent Bit in {{ $labels.pod }} reads no further: its buffer is full.',
      description: 'Lines are lost when the kubelet deletes the oldest file of a container.',
    },
  ],
  'opentelemetry-collector': [
    {
      name: 'LogsDropped',
      severity: 'critical',
      expr: LOST_LINES.map(
        ({ counter, at }) => `sum by (pod, ${at}) (${countedIn(counter, '10m')}) > 0`,
      ).join(' or '),
      for: '0m',
      summary: 'The log agent {{ $labels.pod }} has dropped {{ $value | humanize }} lines in 10 minutes.',
      description:
        'The log store refused them for good, no queue took them, or the agent itself failed on them: they are not sent again. Its log says which.',
    },
    {
      name: 'LogsNotSent',
      severity: 'warning',
      expr: 'max by (pod, exporter) (otelcol_exporter_queue_size) > 0 unless sum by (pod, exporter) (rate(otelcol_exporter_sent_log_records_total[10m])) > 0',
      for: '10m',
      summary: 'The log agent {{ $labels.pod }} sends nothing to {{ $labels.exporter }}.',
      description:
        'Lines wait in its queue on the node. Look at the log store, and at the NetworkPolicy to it.',
    },
    {
      name: 'LogsBehind',
      severity: 'warning',
      expr: `max by (pod, exporter) (otelcol_exporter_queue_size / otelcol_exporter_queue_capacity) > ${QUEUE_SHARES.behind}`,
      for: '10m',
      summary: 'The queue of the log agent {{ $labels.pod }} is {{ $value | humanizePercentage }} full.',
      description:
        'The log store takes lines more slowly than pods write them. A full queue stops the reading.',
    },
    {
      name: 'LogsUnread',
      severity: 'critical',
      expr: `max by (pod, exporter) (otelcol_exporter_queue_size / otelcol_exporter_queue_capacity) > ${QUEUE_SHARES.full}`,
      for: '15m',
      summary: 'The queue of the log agent {{ $labels.pod }} is full, and it reads no further.',
      description: 'Lines are lost when the kubelet deletes the oldest file of a container.',
    },
  ],
  loki: [storeDown('loki')],
  'victoria-logs': [
    storeDown('victoria-logs'),
    {
      name: 'VictoriaLogsReadOnly',
      severity: 'critical',
      expr: 'vl_storage_is_read_only == 1',
      for: '1m',
      summary: 'VictoriaLogs takes no lines: its volume is full.',
      description: 'Agents keep lines for a while. Make the volume larger, or the retention shorter.',
    },
    {
      name: 'VictoriaLogsDropsLines',
      severity: 'warning',
      expr: 'sum by (reason) (increase(vl_rows_dropped_total[10m])) > 0',
      for: '5m',
      summary: 'VictoriaLogs drops lines: {{ $labels.reason }}.',
      description: 'They are older than the retention, of a clock that is ahead, or of too many fields.',
    },
  ],
};

/** Alerts on the alerting itself. */
export const scrapeAlerts = (owners: NamespaceOwners): readonly Alert[] => [
  {
    name: 'TargetDown',
    severity: 'warning',
    expr: ownedByNamespace(
      'count by (namespace, job) (up == 0) / count by (namespace, job) (up) > 0.1',
      owners,
    ),
    for: '10m',
    summary:
      'Prometheus cannot scrape {{ $value | humanizePercentage }} of {{ $labels.namespace }}/{{ $labels.job }}.',
    description:
      'Alerts on its metrics do not fire. Look at the pods, and at the NetworkPolicy that lets Prometheus in.',
  },
];

/** A heartbeat: a receiver outside the cluster notices when alerts stop arriving. */
export const watchdog: Alert = {
  name: 'Watchdog',
  severity: 'info',
  expr: 'vector(1)',
  for: '0m',
  summary: 'Prometheus evaluates its rules.',
  description: 'This alert always fires: where it is missing, no other alert can be relied on.',
};
