import { createHash } from 'node:crypto';
import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  DatasourceVariableBuilder,
  type Dashboard as GrafanaDashboard,
  QueryVariableBuilder,
  RowBuilder,
  VariableHide,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { Checks } from '../../packages/contracts/checks.ts';
import { promqlFaults } from '../../packages/contracts/promql.ts';
import { type Identity, metadataOf } from '../labels.ts';
import { denseJson } from './dense-json.ts';
import { grafanaPanel, type Panel, sizeOf } from './panel.ts';

/** A value that is chosen at the top of a dashboard. */
export interface Variable {
  /** Lower case; queries name it `$name`. */
  readonly name: string;
  /** What the choice is called. */
  readonly label: string;
  /** The series whose label has the values, and that label. */
  readonly of: { readonly series: string; readonly label: string };
  /** `all`: every value at once is a choice, and the first one. `hidden`: it follows from another. @default one value */
  readonly choice?: 'one' | 'all' | 'hidden';
}

/** Instants that are marked on every panel over time. */
export interface Marker {
  readonly name: string;
  /** PromQL that has a result where a mark is wanted. */
  readonly expr: string;
  /** What the mark is called, and what it says: Grafana's templates of labels. */
  readonly title: string;
  readonly text: string;
  readonly color: string;
}

/** Panels below a heading. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** A dashboard as data. */
export interface DashboardSpec {
  /** Its file, and its address below /d/: lower case with dashes. */
  readonly name: string;
  readonly title: string;
  /** The question that it answers. */
  readonly description: string;
  readonly variables?: readonly Variable[];
  readonly markers?: readonly Marker[];
  readonly rows: readonly Row[];
  /** How far it looks back. @default '1h' */
  readonly span?: '30m' | '1h' | '6h' | '24h';
}

/** The address of a dashboard on Grafana's page; alerts and other dashboards link to it. */
export const uidOf = (name: string): string => `sluice-${name}`;

/** Dashboards of Sluice link to each other by this tag. */
export const TAG = 'sluice';

/** The folder of Grafana that they stand in. */
export const FOLDER = 'Sluice';

/** The label by which Grafana's sidecar finds a ConfigMap with dashboards, and the annotation that names the folder. */
export const SIDECAR = { label: 'grafana_dashboard', labelValue: '1', folder: 'grafana_folder' } as const;

/** The data source of metrics: that of the environment which is chosen at the top. */
export const METRICS = { type: 'prometheus', uid: `\${environment}` } as const;

/** A row begins at a multiple of this, so that a panel which is added moves those of its own row alone. */
const ROW_HEIGHT = 100;
const COLUMNS = 24;

/** A ConfigMap with one dashboard, which Grafana's sidecar loads. @throws {ChartError} with every fault of the dashboard */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, { spec, ...self }: Identity & { readonly spec: DashboardSpec }) {
    super(scope, id);
    const { labels, ...metadata } = metadataOf(self, `dashboard-${spec.name}`);
    new ApiObject(this, 'config-map', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        ...metadata,
        labels: { ...labels, [SIDECAR.label]: SIDECAR.labelValue },
        annotations: { [SIDECAR.folder]: FOLDER },
      },
      data: { [`${spec.name}.json`]: textOf(spec) },
    });
  }
}

/** Dashboard as data -> its text: environments share most of theirs, and a text takes longer than all else of a folder. */
const texts = new Map<string, string>();

/** @throws {ChartError} with every fault of the dashboard */
function textOf(spec: DashboardSpec): string {
  const key = JSON.stringify(spec);
  const known = texts.get(key);
  if (known !== undefined) return known;
  checkDashboard(spec);
  const text = denseJson(grafanaDashboard(spec));
  texts.set(key, text);
  return text;
}

/** The dashboard as Grafana reads it. Ids and addresses come from names, so that they stay. */
export function grafanaDashboard(spec: DashboardSpec): GrafanaDashboard {
  const { name, title, description, variables = [], markers = [], rows, span = '1h' } = spec;
  const builder = new DashboardBuilder(title)
    .uid(uidOf(name))
    .description(description)
    .tags([TAG])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: `now-${span}`, to: 'now' })
    .refresh('30s')
    .timezone('browser')
    .links([
      new DashboardLinkBuilder('Dashboards')
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .asDropdown(true)
        .includeVars(true)
        .keepTime(true),
    ])
    .variables([environmentVariable(), ...variables.map(queryVariable)])
    .annotations(markers.map(annotation));
  for (const [index, row] of rows.entries()) addRow(builder, row, index * ROW_HEIGHT);
  return builder.build();
}

function addRow(builder: DashboardBuilder, { title, panels }: Row, top: number): void {
  builder.withRow(new RowBuilder(title).id(idOf(`row ${title}`)).gridPos({ x: 0, y: top, w: COLUMNS, h: 1 }));
  let [x, y, tallest] = [0, top + 1, 0];
  for (const panel of panels) {
    const { w, h } = sizeOf(panel);
    if (x + w > COLUMNS) [x, y, tallest] = [0, y + tallest, 0];
    builder.withPanel(
      grafanaPanel(panel, { id: idOf(panel.title), gridPos: { x, y, w, h }, datasource: METRICS }),
    );
    [x, tallest] = [x + w, Math.max(tallest, h)];
  }
}

/** A number that follows from the title alone: another panel does not change it. */
const idOf = (title: string): number => createHash('sha256').update(title).digest().readUInt32BE() >>> 8;

/** One Prometheus is one environment. */
const environmentVariable = (): DatasourceVariableBuilder =>
  new DatasourceVariableBuilder('environment').label('Environment').type(METRICS.type);

function queryVariable({ name, label, of, choice = 'one' }: Variable): QueryVariableBuilder {
  const text = `label_values(${of.series}, ${of.label})`;
  const builder = new QueryVariableBuilder(name)
    .label(label)
    .datasource(METRICS)
    .query({ query: text, refId: name })
    .definition(text)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc);
  if (choice === 'hidden') builder.hide(VariableHide.HideVariable);
  return choice === 'all' ? builder.multi(true).includeAll(true).allValue('.*') : builder;
}

const annotation = ({ name, expr, title, text, color }: Marker): AnnotationQueryBuilder =>
  new AnnotationQueryBuilder()
    .name(name)
    .datasource(METRICS)
    .enable(true)
    .iconColor(color)
    .expr(expr)
    .step('15s')
    .titleFormat(title)
    .textFormat(text);

/** What Grafana fills in -> a value of its kind, for whoever parses an expression. */
const FILLED_IN: readonly (readonly [RegExp, string])[] = [
  [/\$__(rate_)?interval\b/g, '5m'],
  [/\$__range_s\b/g, '3600'],
  [/\$__range\b/g, '1h'],
];

/** An expression with values in place of what Grafana fills in; variables stay where they are texts. */
export const filledIn = (expr: string): string =>
  FILLED_IN.reduce((text, [variable, value]) => text.replaceAll(variable, value), expr);

/** Every expression of a dashboard, with the panel, variable or marker that it belongs to. */
export function expressionsOf({ variables = [], markers = [], rows }: DashboardSpec) {
  const panels = rows.flatMap((row) => row.panels);
  return [
    ...variables.map(({ name, of }) => ({ name, expr: of.series })),
    ...markers.map(({ name, expr }) => ({ name, expr })),
    ...panels.flatMap((panel) =>
      panel.kind === 'logs' ? [] : panel.queries.map(({ expr }) => ({ name: panel.title, expr })),
    ),
  ];
}

function checkDashboard(spec: DashboardSpec): void {
  const checks = new Checks(`The dashboard '${spec.name}'`);
  const panels = spec.rows.flatMap((row) => row.panels);
  const titles = [...panels.map(({ title }) => title), ...spec.rows.map(({ title }) => `row ${title}`)];
  checks.that(
    /^[a-z][a-z0-9-]{0,32}$/.test(spec.name),
    `'name' (${spec.name}) must be such as queue-workload`,
  );
  for (const title of titles)
    checks
      .that(title.trim() !== '', `'title' (${title}) must be a text`)
      .that(titles.indexOf(title) === titles.lastIndexOf(title), `'title' (${title}) must be unique`);
  for (const panel of panels) checkPanel(checks, panel);
  for (const { name, expr } of expressionsOf(spec))
    for (const fault of promqlFaults(filledIn(expr)))
      checks.that(false, `an expression of '${name}' is no PromQL ${fault}`);
  checks.done();
}

function checkPanel(checks: Checks, panel: Panel): void {
  const { title, description, noData } = panel;
  const { w } = sizeOf(panel);
  for (const [key, text] of Object.entries({ description, noData }))
    checks.that(/^([A-Z]|kube-).*\.$/s.test(text), `'${key}' (${text}) of '${title}' must be a sentence`);
  checks.that(w >= 1 && w <= COLUMNS, `'width' (${w}) of '${title}' must be between 1 and ${COLUMNS}`);
  if (panel.kind === 'logs') return;
  const marks = (panel.marks ?? []).map(({ from }) => from);
  checks.that(panel.queries.length > 0, `'queries' of '${title}' must hold at least one`).that(
    marks.every((from, index) => index === 0 || from > (marks[index - 1] ?? from)),
    `'marks' (${marks.join(', ')}) of '${title}' must ascend`,
  );
  if (panel.kind === 'table')
    checks.that(
      panel.values.length === panel.queries.length,
      `'values' (${panel.values.length}) of '${title}' must be as many as its queries (${panel.queries.length})`,
    );
}
