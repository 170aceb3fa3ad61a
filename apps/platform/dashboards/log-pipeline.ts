import type { DashboardSpec, Row } from '../../../charts/dashboards/dashboard.ts';
import type { LogDataSourceRef } from '../../../charts/dashboards/panel.ts';
import type { OtlpStore } from '../../../charts/log-collector.ts';
import { logRecords } from '../../../packages/contracts/log-store.ts';
import { QUEUE_SHARES } from '../tool-alerts.ts';

const NO_AGENT = 'No log agent reports: none runs, or Prometheus cannot scrape it.';
const POD = 'pod=~"$pod"';
const perSecond = (series: string, by: string): string =>
  `sum by (${by}) (rate(otelcol_${series}{${POD}}[$__rate_interval]))`;
const increase = (series: string): string =>
  `(sum(increase(otelcol_${series}{${POD}}[$__range])) or vector(0))`;

const pipeline: Row[] = [
  {
    title: 'Does every line arrive?',
    panels: [
      {
        ...{ kind: 'stat', title: 'Lines lost in this time span', unit: 'count', width: 6, decimals: 0 },
        description: 'Lines that the agents took and could not hand on, or could not take at all.',
        noData: NO_AGENT,
        marks: [{ from: 1, color: 'red' }],
        queries: [
          {
            expr: `${increase('exporter_send_failed_log_records_total')} + ${increase('exporter_enqueue_failed_log_records_total')} + ${increase('receiver_failed_log_records_total')}`,
            legend: 'lost',
          },
        ],
      },
      {
        ...{ kind: 'stat', title: 'Lines refused in this time span', unit: 'count', width: 6, decimals: 0 },
        description:
          'Lines that an agent did not take at once: back-pressure. They are read again from their file.',
        noData: NO_AGENT,
        marks: [{ from: 1, color: 'yellow' }],
        queries: [{ expr: increase('receiver_refused_log_records_total'), legend: 'refused' }],
      },
      {
        ...{ kind: 'stat', title: 'Fullest queue', unit: 'share', width: 6, noData: NO_AGENT, decimals: 1 },
        description: `How full the fullest queue of an agent is. An alert fires above ${100 * QUEUE_SHARES.behind} %; a full queue stops the reading.`,
        marks: [
          { from: QUEUE_SHARES.behind, color: 'yellow' },
          { from: QUEUE_SHARES.full, color: 'red' },
        ],
        queries: [
          {
            expr: `max(otelcol_exporter_queue_size{${POD}} / otelcol_exporter_queue_capacity{${POD}})`,
            legend: 'queue',
          },
        ],
      },
      {
        ...{ kind: 'stat', title: 'Lines handed on now', unit: 'lines/s', width: 6, noData: NO_AGENT },
        description: 'Lines that the log stores take per second.',
        queries: [
          {
            expr: `sum(rate(otelcol_exporter_sent_log_records_total{${POD}}[$__rate_interval]))`,
            legend: 'sent',
          },
        ],
      },
    ],
  },
  {
    title: 'Flow',
    panels: [
      {
        ...{ kind: 'time-series', title: 'Lines taken', unit: 'lines/s', noData: NO_AGENT },
        description: 'Lines per second that the receivers take from files and from the API server.',
        stacked: true,
        queries: [
          { expr: perSecond('receiver_accepted_log_records_total', 'receiver'), legend: '{{receiver}}' },
        ],
      },
      {
        ...{ kind: 'time-series', title: 'Lines handed on', unit: 'lines/s', noData: NO_AGENT },
        description: 'Lines per second that each log store takes. Below what is taken, the queues grow.',
        stacked: true,
        queries: [{ expr: perSecond('exporter_sent_log_records_total', 'exporter'), legend: '{{exporter}}' }],
      },
      {
        ...{ kind: 'time-series', title: 'Lines that fail', unit: 'lines/s', noData: NO_AGENT },
        description:
          'Lines per second that a log store refuses, that no queue takes, or that a receiver refuses.',
        queries: [
          {
            expr: perSecond('exporter_send_failed_log_records_total', 'exporter'),
            legend: '{{exporter}}: not sent',
          },
          {
            expr: perSecond('exporter_enqueue_failed_log_records_total', 'exporter'),
            legend: '{{exporter}}: no queue',
          },
          {
            expr: perSecond('receiver_refused_log_records_total', 'receiver'),
            legend: '{{receiver}}: refused',
          },
        ],
      },
      {
        ...{
          kind: 'time-series',
          title: 'Queues of the agents',
          unit: 'share',
          width: 12,
          noData: NO_AGENT,
          axisSoftMax: 1,
        },
        description: 'How full the queue of each agent is. It survives a restart of agent and store.',
        marks: [{ from: QUEUE_SHARES.full, color: 'red' }],
        queries: [
          {
            expr: `max by (pod, exporter) (otelcol_exporter_queue_size{${POD}} / otelcol_exporter_queue_capacity{${POD}})`,
            legend: '{{pod}} {{exporter}}',
          },
        ],
      },
      {
        ...{ kind: 'time-series', title: 'Memory of the agents', unit: 'bytes', width: 12 },
        description: 'What the agents hold in memory. It is bounded: beyond it they take no line.',
        noData: 'The kubelets report no container of an agent.',
        queries: [
          {
            expr: `max by (pod) (container_memory_working_set_bytes{container="opentelemetry-collector",${POD}})`,
            legend: '{{pod}}',
          },
        ],
      },
    ],
  },
];

/** Levels of an error, and what one without a level says: as the extraction of error lines takes them. */
const LEVELS = '(?i)^(error|err|fatal|critical|crit|panic|alert|emerg|emergency|severe|50|60)$';
const WORDS = '(?i)(error|exception|fatal|panic|traceback|critical)';

/** Log store -> its data source in Grafana, which has its name, and the queries of such lines. */
const STORES: Readonly<
  Record<OtlpStore, { readonly datasource: LogDataSourceRef; readonly logs: readonly string[] }>
> = {
  loki: {
    datasource: { type: 'loki', uid: 'loki' },
    logs: [
      `{${logRecords.loki.line.namespace}=~".+"} | ${logRecords.loki.line.level}=~"${LEVELS}"`,
      `{${logRecords.loki.line.namespace}=~".+"} |~ "${WORDS}" | ${logRecords.loki.line.level}=""`,
    ],
  },
  'victoria-logs': {
    datasource: { type: 'victoriametrics-logs-datasource', uid: 'victoria-logs' },
    logs: [
      `${logRecords['victoria-logs'].line.level}:~"${LEVELS}" or (${logRecords['victoria-logs'].line.level}:"" ${logRecords['victoria-logs'].line.message}:~"${WORDS}")`,
    ],
  },
};

/** The newest lines of a store that look like errors. */
const errors = (store: OtlpStore): Row => ({
  title: 'Errors',
  panels: [
    {
      ...{ kind: 'logs', title: 'Error lines of all namespaces', width: 24 },
      description:
        'The newest lines of every namespace whose level is that of an error, and of those without a level what says error, exception or the like.',
      noData: 'No line of this time span is an error.',
      ...STORES[store],
    },
  ],
});

/** The way of log lines from the pods to their stores. @param stores Those that Grafana can ask; the first one is asked for errors */
export const logPipelineDashboard = ([store]: readonly OtlpStore[]): DashboardSpec => ({
  name: 'log-pipeline',
  title: 'Log pipeline',
  description: 'Does every log line arrive: agents, their queues, and what the log stores take.',
  variables: [
    {
      ...{ name: 'pod', label: 'Agent', choice: 'all' },
      of: { series: 'otelcol_exporter_queue_capacity', label: 'pod' },
    },
  ],
  rows: [...pipeline, ...(store === undefined ? [] : [errors(store)])],
});
