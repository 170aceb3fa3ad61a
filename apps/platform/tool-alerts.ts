import { type Alert, type NamespaceOwners, ownedByNamespace } from '../../charts/alerts.ts';
import type { AddonName } from '../../environments/versions.ts';

/** Days before a certificate ends at which its renewal should have been done for long. */
const CERTIFICATE_DAYS = 14;

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
  'opentelemetry-collector': [
    {
      name: 'LogsDropped',
      severity: 'warning',
      expr: 'sum by (pod) (increase(otelcol_exporter_send_failed_log_records_total[10m])) + sum by (pod) (increase(otelcol_receiver_refused_log_records_total[10m])) > 0',
      for: '5m',
      summary: 'The log agent {{ $labels.pod }} lost {{ $value | humanize }} lines in 10 minutes.',
      description:
        'The log store refuses them or does not answer, and the agent gave up. Look at both of their logs.',
    },
    {
      name: 'LogsBehind',
      severity: 'warning',
      expr: 'max by (pod) (otelcol_exporter_queue_size / otelcol_exporter_queue_capacity) > 0.8',
      for: '10m',
      summary: 'The queue of the log agent {{ $labels.pod }} is {{ $value | humanizePercentage }} full.',
      description: 'The log store takes lines more slowly than pods write them. A full queue loses lines.',
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
