import type { DashboardSpec, Row } from '../../../charts/dashboards/dashboard.ts';
import type { LogDataSourceRef } from '../../../charts/dashboards/panel.ts';
import type { OtlpStore } from '../../../charts/log-collector.ts';
import { logRecords } from '../../../packages/contracts/log-store.ts';
import { logGate } from '../../../packages/contracts/metrics/catalogue.ts';
import { countedIn, series } from '../../../packages/contracts/metrics/metric.ts';
import { GATE_SECONDS, LOST_LINES, QUEUE_SHARES } from '../tool-alerts.ts';
import { pushColors } from './colors.ts';
import { orNone, quantileOf, rateOf } from './queries.ts';

const NO_AGENT = 'No log agent reports: none runs, or Prometheus cannot scrape it.';
const POD = 'pod=~"$pod"';
const perSecond = (series: string, by: string): string =>
  `sum by (${by}) (rate(otelcol_${series}{${POD}}[$__rate_interval]))`;
const inSpan = (counter: string): string =>
  `(${orNone(`sum(${countedIn(`${counter}{${POD}}`, '$__range')})`, `otelcol_exporter_queue_capacity{${POD}}`)})`;
const inInterval = (counter: string, by: string): string =>
  `sum by (${by}) (${countedIn(`${counter}{${POD}}`, '$__rate_interval')})`;
const REFUSED = 'otelcol_receiver_refused_log_records_total';

/** What a counter of lost lines says of them, in a few words. */
const FAILS: Readonly<Record<(typeof LOST_LINES)[number]['counter'], string>> = {
  otelcol_exporter_send_failed_log_records_total: 'not sent',
  otelcol_exporter_enqueue_failed_log_records_total: 'no queue',
  otelcol_receiver_failed_log_records_total: 'failed',
};

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
            expr: LOST_LINES.map(({ counter }) => inSpan(counter)).join(' + '),
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
        queries: [{ expr: inSpan(REFUSED), legend: 'refused' }],
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
        ...{ kind: 'time-series', title: 'Lines that fail', unit: 'count', axisSoftMax: 1 },
        description:
          'Lines of each interval that an agent loses, by where, and those that a receiver refuses and reads again.',
        noData: 'No line has failed since the agents started.',
        queries: [
          ...LOST_LINES.map(({ counter, at }) => ({
            expr: inInterval(counter, at),
            legend: `{{${at}}}: ${FAILS[counter]}`,
          })),
          { expr: inInterval(REFUSED, 'receiver'), legend: '{{receiver}}: refused' },
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

const NO_GATE = 'The log gate reports nothing: it does not run, or Prometheus cannot scrape it.';
const NOT_WRITTEN = { '=~': 'refused|unwritten|unanswered|full' } as const;

/** What the gate before VictoriaLogs holds, acknowledges and refuses. */
const gate: Row = {
  title: 'Log gate: is what was acknowledged written?',
  panels: [
    {
      ...{ kind: 'stat', title: 'Oldest push without an answer', unit: 'seconds', width: 6, decimals: 1 },
      description: `How long it waits. An alert fires above ${GATE_SECONDS.slow} s; after 30 s its agent gives up and sends it again.`,
      noData: NO_GATE,
      marks: [
        { from: GATE_SECONDS.slow, color: 'yellow' },
        { from: GATE_SECONDS.longest, color: 'red' },
      ],
      queries: [{ expr: `max(${series(logGate.oldest)})`, legend: 'oldest' }],
    },
    {
      ...{ kind: 'stat', title: 'Lines not yet written', unit: 'messages', width: 6, decimals: 0 },
      description:
        'Lines that VictoriaLogs has taken and has not been seen to write. A kill of it loses them there; their agents still have them.',
      noData: NO_GATE,
      queries: [{ expr: `sum(${series(logGate.unwritten)})`, legend: 'unwritten' }],
    },
    {
      ...{ kind: 'stat', title: 'Pushes refused in this time span', unit: 'count', width: 6, decimals: 0 },
      description:
        'Pushes that were not acknowledged. All but those that VictoriaLogs refuses for good are sent again.',
      noData: NO_GATE,
      marks: [{ from: 1, color: 'yellow' }],
      queries: [
        {
          expr: `sum(increase(${series(logGate.pushes, { outcome: NOT_WRITTEN })}[$__range]))`,
          legend: 'refused',
        },
      ],
    },
    {
      ...{ kind: 'stat', title: 'Lines acknowledged now', unit: 'lines/s', width: 6, noData: NO_GATE },
      description: 'Lines per second that VictoriaLogs has written to its disk.',
      queries: [{ expr: rateOf(logGate.acknowledged, {}), legend: 'acknowledged' }],
    },
    {
      ...{ kind: 'time-series', title: 'Pushes', unit: 'pushes/s', noData: NO_GATE, stacked: true },
      description: 'Pushes per second by how they ended. Look first at what is not `written`.',
      queries: [{ expr: rateOf(logGate.pushes, {}, 'outcome'), legend: '{{outcome}}' }],
      colors: pushColors,
    },
    {
      ...{ kind: 'time-series', title: 'Lines through the gate', unit: 'lines/s', noData: NO_GATE },
      description:
        'Lines per second that are written, and those that were sent again and are not passed on. Many of the latter are agents or stores that were killed.',
      queries: [
        { expr: rateOf(logGate.acknowledged, {}), legend: 'acknowledged' },
        { expr: rateOf(logGate.doubles, {}), legend: 'sent again' },
      ],
    },
    {
      ...{ kind: 'time-series', title: 'Rounds', unit: 'seconds', noData: NO_GATE },
      description: `From passing pushes on to having seen them written. 2.5 s is the least; beyond ${GATE_SECONDS.round} s nothing is acknowledged.`,
      queries: [
        { expr: quantileOf(0.99, logGate.round, {}), legend: '99 of 100 rounds' },
        { expr: quantileOf(0.5, logGate.round, {}), legend: 'half of the rounds' },
      ],
    },
    {
      ...{ kind: 'time-series', title: 'Bytes held', unit: 'bytes', width: 12, noData: NO_GATE },
      description: 'Bytes of the pushes that wait. They are bounded: beyond the bound pushes are refused.',
      queries: [{ expr: `sum(${series(logGate.held)})`, legend: 'held' }],
    },
    {
      ...{ kind: 'time-series', title: 'Oldest push', unit: 'seconds', width: 12, noData: NO_GATE },
      description: 'How long the oldest push waits that has no answer: its own round, and the one before.',
      marks: [{ from: GATE_SECONDS.longest, color: 'red' }],
      queries: [{ expr: `max(${series(logGate.oldest)})`, legend: 'oldest' }],
    },
  ],
};

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
export const logPipelineDashboard = (stores: readonly OtlpStore[]): DashboardSpec => ({
  name: 'log-pipeline',
  title: 'Log pipeline',
  description: 'Does every log line arrive: agents, their queues, and what the log stores take.',
  variables: [
    {
      ...{ name: 'pod', label: 'Agent', choice: 'all' },
      of: { series: 'otelcol_exporter_queue_capacity', label: 'pod' },
    },
  ],
  rows: [...pipeline, ...(stores.includes('victoria-logs') ? [gate] : []), ...stores.slice(0, 1).map(errors)],
});
