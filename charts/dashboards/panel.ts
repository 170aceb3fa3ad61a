import type * as cog from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  DashboardLinkBuilder,
  type Panel as GrafanaPanel,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as LogsBuilder } from '@grafana/grafana-foundation-sdk/logs';
import { PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { instantQuery, logQl, logsQl, type Query, rangeQuery, refId } from './query.ts';

/**
 * What a panel shows -> Grafana's id of the unit; what is counted stands at the axis. @see https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/#unit
 */
export const UNITS = {
  share: 'percentunit',
  seconds: 's',
  bytes: 'bytes',
  'bytes/s': 'binBps',
  cores: 'short',
  messages: 'short',
  'messages/s': 'short',
  jobs: 'short',
  'jobs/s': 'short',
  'requests/s': 'reqps',
  'lines/s': 'short',
  'pushes/s': 'short',
  decisions: 'short',
  failures: 'short',
  'failures/min': 'short',
  replicas: 'short',
  'replica hours': 'short',
  connections: 'short',
  'connections/s': 'short',
  pods: 'short',
  nodes: 'short',
  count: 'short',
  state: 'none',
} as const;

/** What the numbers of a panel are. */
export type PanelUnit = keyof typeof UNITS;

/** One of Grafana's named colours. */
export type Color = 'green' | 'yellow' | 'orange' | 'red' | 'blue' | 'purple';

/** A value from which on a panel changes its colour. */
export interface Mark {
  readonly from: number;
  readonly color: Color;
}

/** What every panel must say. */
interface PanelText {
  readonly title: string;
  /** What it shows and what to look at first; one or two sentences. */
  readonly description: string;
  /** What stands there without data: what the absence means. */
  readonly noData: string;
  /** Columns of 24. @default 8 */
  readonly width?: number;
  /** Rows of 30 pixels. @default that of its kind */
  readonly height?: number;
  /** Another dashboard that says more. @default none */
  readonly details?: { readonly title: string; readonly url: string };
}

interface Measured extends PanelText {
  readonly unit: PanelUnit;
  readonly queries: readonly Query[];
  /** Ascending; below the first one all is well. @default none */
  readonly marks?: readonly Mark[];
  /** Digits after the point. @default as many as Grafana likes */
  readonly decimals?: number;
}

/** Lines over time. */
export interface TimeSeriesProps extends Measured {
  readonly kind: 'time-series';
  /** Series add up. @default false */
  readonly stacked?: boolean;
  /** The lowest top of the axis, so that small noise looks small. @default none */
  readonly axisSoftMax?: number;
  /** Legends of series that are limits: dashed and red. @default none */
  readonly limits?: readonly string[];
  /** Legend of a series -> its colour. @default the next one of Grafana's palette */
  readonly colors?: Readonly<Record<string, Color>>;
}

/** The newest value in large digits. */
export interface StatProps extends Measured {
  readonly kind: 'stat';
  /** Value -> text. @default the number */
  readonly texts?: Readonly<Record<string, string>>;
}

/** The newest values as rows; one column for each label that is named. */
export interface TableProps extends Measured {
  readonly kind: 'table';
  /** Label -> heading of its column, in order. */
  readonly columns: Readonly<Record<string, string>>;
  /** Heading of the value of each query, in their order. */
  readonly values: readonly string[];
}

/** A data source of Grafana that has log lines. */
export interface LogDataSourceRef {
  readonly type: 'loki' | 'victoriametrics-logs-datasource';
  readonly uid: string;
}

/** Lines of a log. */
export interface LogsProps extends PanelText {
  readonly kind: 'logs';
  /** LogQL for Loki, LogsQL for VictoriaLogs; the lines of all of them are shown. */
  readonly logs: readonly string[];
  readonly datasource: LogDataSourceRef;
}

/** One panel as data. */
export type Panel = TimeSeriesProps | StatProps | TableProps | LogsProps;

/** A panel's place on the grid, and where its numbers come from. */
export interface Placed {
  readonly id: number;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource: { readonly type: string; readonly uid: string };
}

/** Height of a panel of each kind, in Grafana's rows. */
const HEIGHTS = { 'time-series': 8, stat: 4, table: 8, logs: 10 } as const;

/** The columns and rows that a panel takes. */
export const sizeOf = ({ kind, width = 8, height = HEIGHTS[kind] }: Panel) => ({ w: width, h: height });

/** The panel as Grafana reads it. */
export function grafanaPanel(panel: Panel, placed: Placed): cog.Builder<GrafanaPanel> {
  if (panel.kind === 'time-series') return timeSeries(panel, placed);
  if (panel.kind === 'stat') return stat(panel, placed);
  return panel.kind === 'table' ? table(panel, placed) : logs(panel, placed);
}

function timeSeries(panel: TimeSeriesProps, placed: Placed): TimeSeriesBuilder {
  const { stacked = false, axisSoftMax, limits = [], colors = {}, unit } = panel;
  const builder = measured(new TimeSeriesBuilder(), panel, placed)
    .targets(panel.queries.map(rangeQuery))
    .drawStyle(GraphDrawStyle.Line)
    // On a stack the line of a series that is 0 would lie upon all others.
    .lineWidth(stacked ? 0 : 1)
    .fillOpacity(stacked ? 60 : 8)
    .axisLabel(unit)
    .axisSoftMin(0)
    .legend(
      new VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(LegendDisplayMode.List)
        .placement(LegendPlacement.Bottom)
        .calcs([]),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi));
  if (stacked) builder.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
  if (axisSoftMax !== undefined) builder.axisSoftMax(axisSoftMax);
  if (panel.marks !== undefined)
    builder.thresholdsStyle(
      new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.DashedAndArea),
    );
  for (const limit of limits)
    builder.overrideByName(limit, [
      { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 6] } },
      { id: 'custom.fillOpacity', value: 0 },
      colored('red'),
    ]);
  for (const [legend, color] of Object.entries(colors)) builder.overrideByName(legend, [colored(color)]);
  return builder;
}

const colored = (color: Color) => ({ id: 'color', value: { mode: 'fixed', fixedColor: color } });

function stat(panel: StatProps, placed: Placed): StatBuilder {
  const { texts, queries, marks } = panel;
  const builder = measured(new StatBuilder(), panel, placed)
    .targets(queries.map(instantQuery))
    .colorMode(marks === undefined ? BigValueColorMode.None : BigValueColorMode.Background)
    .graphMode(BigValueGraphMode.None)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']));
  if (texts !== undefined)
    builder.mappings([
      {
        type: 'value',
        options: Object.fromEntries(Object.entries(texts).map(([value, text]) => [value, { text }])),
      },
    ] as Parameters<StatBuilder['mappings']>[0]);
  return builder;
}

function table(panel: TableProps, placed: Placed): TableBuilder {
  const { columns, queries, values } = panel;
  const labels = Object.keys(columns);
  const columnOf = (index: number): string => (queries.length === 1 ? 'Value' : `Value #${refId(index)}`);
  const names = Object.fromEntries(values.map((heading, index) => [columnOf(index), heading]));
  const order = Object.fromEntries([...labels, ...Object.keys(names)].map((name, index) => [name, index]));
  return measured(new TableBuilder(), panel, placed)
    .targets(queries.map((query, index) => instantQuery(query, index).format(PromQueryFormat.Table)))
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({
      id: 'filterFieldsByName',
      options: { include: { names: [...labels, ...Object.keys(names)] } },
    })
    .withTransformation({
      id: 'organize',
      options: { excludeByName: {}, indexByName: order, renameByName: { ...columns, ...names } },
    });
}

function logs(panel: LogsProps, placed: Placed): LogsBuilder {
  const { logs: queries, datasource } = panel;
  const query = datasource.type === 'loki' ? logQl : logsQl;
  return texts(new LogsBuilder(), panel, { ...placed, datasource: panel.datasource })
    .targets(queries.map(query))
    .showTime(true)
    .wrapLogMessage(true)
    .enableLogDetails(true);
}

type AnyBuilder = TimeSeriesBuilder | StatBuilder | TableBuilder;

function measured<Builder extends AnyBuilder>(builder: Builder, panel: Measured, placed: Placed): Builder {
  const { unit, decimals, marks = [] } = panel;
  texts(builder, panel, placed).unit(UNITS[unit]).thresholds(thresholds(marks));
  if (unit !== 'state') builder.min(0);
  if (decimals !== undefined) builder.decimals(decimals);
  return builder;
}

function texts<Builder extends AnyBuilder | LogsBuilder>(
  builder: Builder,
  { title, description, noData, details }: PanelText,
  { id, gridPos, datasource }: Placed,
): Builder {
  builder.id(id).gridPos(gridPos).datasource(datasource).title(title).description(description);
  builder.noValue(noData);
  if (details !== undefined)
    builder.links([new DashboardLinkBuilder(details.title).url(details.url).keepTime(true)]);
  return builder;
}

const thresholds = (marks: readonly Mark[]): ThresholdsConfigBuilder =>
  new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([
      { value: null, color: 'green' },
      ...marks.map(({ from, color }): Threshold => ({ value: from, color })),
    ]);
