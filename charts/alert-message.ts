import { logRecords } from '../packages/contracts/log-store.ts';
import { uidOf } from './dashboards/dashboard.ts';

/** Where a message leads, beside the runbook. */
export interface MessageLinks {
  /** Grafana's own address, for example https://grafana.example.com. */
  readonly grafana: string;
  /** The log store whose data source in Grafana has the lines, under the same name. @default none: no link */
  readonly logs?: 'loki' | 'victoria-logs';
}

/** Labels of an alert that a dashboard has a variable for. */
const VARIABLES = ['namespace', 'workload'] as const;

/** The value of a label as a choice of the dashboard. */
const chosen = (name: string): string => `{{ with .Labels.${name} }}&var-${name}={{ . | urlquery }}{{ end }}`;

/** Names of the templates, as receivers call them. */
export const MESSAGE = { title: 'sluice.title', text: 'sluice.text' } as const;

/**
 * A message as people read it in a channel: what, since when, how bad, whose, and where to look.
 * @see https://prometheus.io/docs/alerting/latest/notifications/
 */
export function messageTemplates({ grafana, logs }: MessageLinks): string {
  const links = [
    '[runbook]({{ .Annotations.runbook_url }})',
    `[dashboard](${grafana}/d/{{ or .Annotations.dashboard "${uidOf('overview')}" }}?from=now-3h${VARIABLES.map(chosen).join('')})`,
    ...(logs === undefined ? [] : [`[logs](${logsOf(grafana, logs)})`]),
  ];
  return [
    define(
      MESSAGE.title,
      '{{ if eq .Status "firing" }}{{ .CommonLabels.severity | toUpper }}{{ else }}RESOLVED{{ end }}: ' +
        '{{ .GroupLabels.alertname }}{{ with .CommonLabels.workload }} of {{ . }}{{ end }}' +
        '{{ with .CommonLabels.namespace }} in {{ . }}{{ end }}',
    ),
    define(
      MESSAGE.text,
      [
        '{{ range .Alerts.Firing }}**{{ .Annotations.summary }}**',
        '{{ .Annotations.description }}',
        `Since ${instant('.StartsAt')}; owner {{ .Labels.owner }}. ${links.join(' · ')}`,
        '{{ end }}{{ range .Alerts.Resolved }}Resolved: {{ .Annotations.summary }}',
        `From ${instant('.StartsAt')} to ${instant('.EndsAt')}.`,
        '{{ end }}',
      ].join('\n'),
    ),
  ].join('\n');
}

const define = (name: string, body: string): string => `{{ define "${name}" }}${body}{{ end }}`;

const instant = (field: string): string => `{{ ${field}.UTC.Format "2006-01-02 15:04:05" }} UTC`;

/** Grafana's Explore on the namespace of the alert, over the hour before it. */
function logsOf(grafana: string, datasource: 'loki' | 'victoria-logs'): string {
  const { namespace } = logRecords[datasource].line;
  const expr = datasource === 'loki' ? `{${namespace}="NAMESPACE"}` : `{"${namespace}"="NAMESPACE"}`;
  const queries = [{ refId: 'A', expr }];
  const pane = { datasource, queries, range: { from: 'now-1h', to: 'now' } };
  const left = encodeURIComponent(JSON.stringify(pane));
  return `${grafana}/explore?left=${left.replace('NAMESPACE', '{{ .Labels.namespace | urlquery }}')}`;
}
