import type { Feed } from '../model/feed.ts';
import type { Level } from '../model/health.ts';
import type { BoardState } from '../model/state.ts';
import {
  type ChartName,
  type FiringAlert,
  RANGES,
  type Range,
  type Series,
  type SeriesName,
} from '../sources/prometheus.ts';
import { type Chart, type ChartLine, figure } from './chart.ts';
import type { Format } from './format.ts';
import { type Html, html, nothing, Outside } from './html.ts';
import type { Content, Page } from './page.ts';
import {
  bare,
  type Column,
  instant,
  message,
  panel,
  sourceState,
  state,
  table,
  verdictHead,
} from './parts.ts';

const LOOKS: Readonly<Record<SeriesName, Pick<ChartLine, 'tone' | 'fill' | 'step'>>> = {
  used: { tone: 'water', fill: true },
  requested: { tone: 'gate' },
  allocatable: { tone: 'time' },
  running: { tone: 'water', fill: true },
  pending: { tone: 'time' },
  failed: { tone: 'gate' },
  ready: { tone: 'water', fill: true, step: true },
  all: { tone: 'time', step: true },
  restarts: { tone: 'gate', fill: true },
};

const UNITS: Readonly<Record<ChartName, (value: number, format: Format) => string>> = {
  cpu: (value, { cores }) => cores(value),
  memory: (value, { rate }) => rate(value),
  pods: (value, { count }) => count(value),
  nodes: (value, { count }) => count(value),
  restarts: (value, { rate }) => rate(value),
};
const GIB = 2 ** 30;

/** What the machines under the workloads do over time, and the alerts that fire. */
export function infraPage(
  { alerts }: BoardState,
  page: Page,
  range: Range,
  charts: Feed<readonly Series[]> | undefined,
): Content {
  const { texts } = page;
  const own = texts.infra;
  const { title } = own;
  if (charts === undefined || alerts === undefined)
    return { title, regions: [{ id: 'infra', content: bare(title, 'unknown', own.offTitle, own.offText) }] };
  const words = { ...own, loadingTitle: texts.loadingTitle, loadingText: own.loadingText };
  return {
    title,
    charts: true,
    regions: [
      { id: 'banner', content: sourceState(charts.connection, words, page) ?? nothing },
      { id: 'verdict', content: alertsHead(alerts, page) },
      // Before the first answer nobody knows that none fires.
      {
        id: 'alerts',
        content: alerts.value ? panel('alerts', own.alerts, alertTable(alerts.value, page)) : nothing,
      },
      { id: 'range', content: ranges(range, page) },
      ...(charts.value ?? []).map((series) => ({
        id: `chart-${series.chart}`,
        content: figure(chartOf(series, page), page),
      })),
    ],
  };
}

const levelOf = (severity: string): Level =>
  severity === 'critical' ? 'critical' : severity === 'warning' ? 'attention' : 'unknown';

function alertsHead({ value, connection, readAt }: Feed<readonly FiringAlert[]>, page: Page): Html {
  const { texts, format, counted } = page;
  const own = texts.infra;
  const asOf = readAt === undefined ? undefined : texts.asOf(format.time(readAt));
  if (value === undefined || connection.kind !== 'live')
    return verdictHead('unknown', texts.verdictStale, '', asOf);
  if (value.length === 0) return verdictHead('ok', own.noneFires, '', asOf);
  return verdictHead(levelOf(value[0]?.severity ?? ''), counted(value.length, own.fires), '', asOf);
}

/** Alerts with what they say, the worst first. */
export function alertTable(alerts: readonly FiringAlert[], page: Page): Html {
  const { texts, links } = page;
  const { repository, branch = 'main' } = links;
  const own = texts.infra;
  if (alerts.length === 0) return html`<p class="quiet">${own.noneFires}</p>`;
  const runbook = (name: string): Html =>
    repository === undefined
      ? html`${name}`
      : html`<a href="${new Outside(repository, ['blob', ...branch.split('/'), 'docs', 'reference', 'alerts.md'])}" rel="noreferrer">${name}</a>`;
  const columns: readonly Column<FiringAlert>[] = [
    {
      title: own.alert,
      cell: ({ name, namespace }) => html`${runbook(name)}<small><bdi>${namespace}</bdi></small>`,
    },
    { title: own.severity, cell: ({ severity }) => state(levelOf(severity), severity) },
    { title: texts.explanation, cell: ({ summary }) => message(summary, page) },
    {
      title: own.since,
      cell: ({ since }) => instant(since, page),
    },
  ];
  return table(own.alerts, columns, alerts);
}

function ranges(chosen: Range, page: Page): Html {
  const own = page.texts.infra;
  return html`<nav class="ranges" aria-label="${own.range}">${(Object.keys(RANGES) as Range[]).map((range) => html`<a id="range-${range}" href="${page.link(page.path, { range })}"${range === chosen ? html` aria-current="true"` : nothing}>${page.format.duration(RANGES[range])}</a>`)}</nav>`;
}

function chartOf({ chart, times, lines }: Series, { texts }: Page): Chart {
  const own = texts.infra;
  const scaled = (values: readonly (number | null)[]) =>
    chart === 'memory' ? values.map((value) => (value === null ? null : value / GIB)) : values;
  return {
    ...{ id: chart, title: own.charts[chart], marks: [], shown: UNITS[chart] },
    times: lines.length === 0 ? [] : times,
    lines: lines.map(({ name, values }) => ({
      label: own.lines[name],
      ...LOOKS[name],
      values: scaled(values),
    })),
  };
}
