import type { ClusterSnapshot } from '../../../packages/contracts/cluster-snapshot.ts';
import {
  type Change,
  type ClusterFilter,
  type Difference,
  differencesOf,
  failingPods,
  matches,
  type NodeLoad,
  namespaceLoads,
  nodeLevel,
  nodeLoads,
  podLevel,
  type Share,
  total,
  workloadHealth,
} from '../model/cluster.ts';
import type { Feed } from '../model/feed.ts';
import { type Level, worstOf } from '../model/health.ts';
import type { BoardState } from '../model/state.ts';
import type { ClusterHistory } from '../sources/snapshots.ts';
import { bar } from './chart.ts';
import {
  autoscalerColumns,
  autoscalerLevel,
  claimColumns,
  comparison,
  eventColumns,
  filterForm,
  type Named,
  namespaceColumns,
  podColumns,
  workloadColumns,
} from './cluster-columns.ts';
import { type Html, html, nothing } from './html.ts';
import type { Content, Page, Region } from './page.ts';
import { bare, type Column, message, note, panel, sourceState, state, table, verdictHead } from './parts.ts';

const MOST_DIFFERENCES = 500;

/** What is otherwise in a snapshot than in an earlier one, where a visitor asks for that. */
export function differencePanel(
  before: Feed<ClusterSnapshot> | undefined,
  after: ClusterSnapshot,
  page: Page,
): Html {
  if (before === undefined) return nothing;
  const { texts } = page;
  const own = texts.cluster;
  const { failedTitle, failedText } = own;
  const words = { failedTitle, failedText, loadingTitle: texts.loadingTitle, loadingText: own.emptyTitle };
  if (before.value === undefined) return sourceState(before.connection, words, page) ?? nothing;
  const all = differencesOf(before.value, after);
  const content =
    all.length === 0
      ? html`<p class="quiet">${own.noDifferences}</p>`
      : table(own.differences, columns(page), all.slice(0, MOST_DIFFERENCES));
  return panel('difference', own.differences, content);
}

function columns({ texts }: Page): readonly Column<Difference>[] {
  const own = texts.cluster;
  const each = (of: (change: Change) => string) => (row: Difference) =>
    html`${row.changes.map((change) => html`<span class="line"><bdi>${of(change)}</bdi></span>`)}`;
  return [
    {
      title: own.name,
      cell: ({ name, namespace }) =>
        html`<bdi>${name}</bdi>${namespace !== undefined && html`<small><bdi>${namespace}</bdi></small>`}`,
    },
    { title: own.kind, cell: ({ kind }) => html`${kind}` },
    { title: own.change, cell: ({ change }) => html`${own.changes[change]}` },
    { title: own.property, cell: each(({ property }) => property) },
    { title: own.before, cell: each(({ before }) => before) },
    { title: own.after, cell: each(({ after }) => after) },
  ];
}

/** Rows of a table on a page: of more, the search finds them. */
const MOST_ROWS = 100;
/** A snapshot that is older is late by two runs. */
const OLD_MS = 15 * 60_000;

/** Snapshots that a visitor asks for beside the latest one. */
export interface Asked {
  /** The one to show. @default the latest */
  readonly shown?: Feed<ClusterSnapshot>;
  /** An earlier one to compare it with. */
  readonly before?: Feed<ClusterSnapshot>;
}

/** What the cluster has: nodes, workloads, pods and volumes as the collector saw them. */
export function clusterPage({ cluster, now }: BoardState, page: Page, asked: Asked): Content {
  const texts = page.texts.cluster;
  const { title } = texts;
  const only = (content: Html): Content => ({ title, regions: [{ id: 'cluster', content }] });
  if (cluster === undefined) return only(bare(title, 'unknown', texts.offTitle, texts.offText));
  const trouble = troubleOf(asked.shown ?? cluster, page) ?? troubleOf(cluster, page);
  const snapshot = asked.shown === undefined ? cluster.value?.latest : asked.shown.value;
  if (snapshot === undefined)
    return only(
      trouble === undefined
        ? bare(title, 'unknown', texts.emptyTitle, texts.emptyText)
        : html`<header class="head"><div><h1>${title}</h1></div></header>${trouble}`,
    );
  const instants = cluster.value?.instants ?? [];
  return {
    title,
    regions: [
      { id: 'banner', content: trouble ?? nothing },
      { id: 'verdict', content: head(snapshot, page) },
      { id: 'notes', content: notes(snapshot, page, now, asked.shown !== undefined) },
      { id: 'history', content: comparison(instants, snapshot.takenAt, page) },
      { id: 'difference', content: differencePanel(asked.before, snapshot, page) },
      ...body(snapshot, page),
    ],
  };
}

function troubleOf(feed: Feed<ClusterHistory | ClusterSnapshot>, page: Page): Html | undefined {
  const { texts } = page;
  const { failedTitle, failedText, emptyTitle } = texts.cluster;
  const words = { failedTitle, failedText, loadingTitle: texts.loadingTitle, loadingText: emptyTitle };
  return sourceState(feed.connection, words, page);
}

function head(snapshot: ClusterSnapshot, page: Page): Html {
  const { texts, format, counted } = page;
  const own = texts.cluster;
  const down = snapshot.workloads.filter((row) => workloadHealth(row).level === 'critical').length;
  const lost = snapshot.nodes.filter(({ ready }) => !ready).length;
  const failing = failingPods(snapshot.pods).length;
  const level = worstOf([
    ...snapshot.nodes.map(nodeLevel),
    ...snapshot.workloads.map((row) => workloadHealth(row).level).filter((each) => each !== 'unknown'),
    failing > 0 ? 'attention' : 'ok',
  ]);
  const [worst] = [
    { count: lost, words: own.nodesDown },
    { count: down, words: own.workloadsDown },
    { count: failing, words: own.podsFailing },
  ].filter(({ count }) => count > 0);
  const otherwise = level === 'ok' ? own.wellTitle : texts.levels[level];
  const title = worst === undefined ? otherwise : counted(worst.count, worst.words);
  const summary = own.summary(
    counted(snapshot.nodes.length, own.countNodes),
    counted(snapshot.workloads.length, texts.countWorkloads),
    counted(snapshot.pods.length, own.countPods),
  );
  return verdictHead(level, title, summary, texts.asOf(format.instant(snapshot.takenAt)));
}

function notes({ missing, takenAt }: ClusterSnapshot, page: Page, now: number, isPast: boolean): Html {
  const { texts, format } = page;
  const own = texts.cluster;
  const failed = missing.filter(({ cause }) => cause !== 'absent');
  const absent = missing.filter(({ cause }) => cause === 'absent').map(({ resource }) => resource);
  const age = now - takenAt;
  return html`${!isPast && age > OLD_MS && note('attention', own.oldTitle, own.oldText(format.duration(age / 1000)))}${
    failed.length > 0 &&
    note(
      'attention',
      own.missingTitle,
      html`${own.missingText} ${failed.map(({ resource, message: why }) => html`<span class="cause"><b>${resource}</b> ${message(why, page)}</span>`)}`,
    )
  }${absent.length > 0 && html`<p class="quiet">${own.absent(absent.join(', '))}</p>`}`;
}

const filterOf = ({ query }: Page): ClusterFilter => ({
  text: query.q ?? '',
  namespace: query.ns ?? '',
  troubled: query.only === 'troubled',
});

function body(snapshot: ClusterSnapshot, page: Page): Region[] {
  const own = page.texts.cluster;
  const loads = nodeLoads(snapshot);
  const namespaces = snapshot.namespaces.map(({ name }) => name);
  return [
    { id: 'capacity', content: capacity(loads, page) },
    { id: 'nodes', content: panel('nodes', own.nodes, nodesTable(loads, page)) },
    { id: 'filter', content: filterForm(filterOf(page), namespaces, page) },
    ...lists(snapshot, page),
  ];
}

/** What is searched and filtered. */
function lists(snapshot: ClusterSnapshot, page: Page): Region[] {
  const own = page.texts.cluster;
  const { workloads, pods, autoscalers, claims, events } = snapshot;
  const list = <Row extends Named>(
    id: string,
    title: string,
    rows: readonly Row[],
    columns: readonly Column<Row>[],
    level: (row: Row) => Level,
  ): Region => ({ id, content: listPanel(id, title, rows, columns, page, level) });
  const healthOf = (row: (typeof workloads)[number]): Level => workloadHealth(row).level;
  const loads = namespaceLoads(snapshot);
  return [
    list('namespaces', own.namespaces, loads, namespaceColumns(page), ({ level }) => level),
    list('cluster-workloads', own.workloads, workloads, workloadColumns(page), healthOf),
    list('pods', own.pods, pods, podColumns(page), podLevel),
    list('autoscalers', own.autoscalers, autoscalers, autoscalerColumns(page), autoscalerLevel),
    list('claims', own.claims, claims, claimColumns(page), claimLevel),
    list('warnings', own.warnings, events, eventColumns(page), () => 'attention'),
  ];
}

const claimLevel = ({ phase }: { readonly phase: string }): Level => (phase === 'Bound' ? 'ok' : 'attention');

/** Requested and used beside what can be had, of all nodes together. */
function capacity(loads: readonly NodeLoad[], page: Page): Html {
  const own = page.texts.cluster;
  const figure = (title: string, share: Share, shown: (value: number) => string): Html =>
    html`<div><dt>${title}</dt><dd class="figure">${page.format.percent(share.requested / (share.allocatable || 1))}</dd><dd class="under">${bar(share.requested / (share.allocatable || 1), levelOf(share))}<span>${own.requested} ${own.ofAllocatable(shown(share.requested), shown(share.allocatable))}</span><span>${share.used === undefined ? own.notMeasured : `${own.used} ${shown(share.used)}`}</span></dd></div>`;
  const { cores, bytes } = page.format;
  return html`<dl class="facts wide">${figure(own.cpu, total(loads, 'cpu'), cores)}${figure(own.memory, total(loads, 'memory'), bytes)}</dl>`;
}

const levelOf = ({ requested, allocatable }: Share): Level =>
  requested > allocatable * 0.9 ? 'attention' : 'ok';

function nodesTable(loads: readonly NodeLoad[], page: Page): Html {
  const { texts, format } = page;
  const own = texts.cluster;
  const share = (of: Share, shown: (value: number) => string): Html =>
    html`${bar(of.requested / (of.allocatable || 1), levelOf(of))}<span>${own.ofAllocatable(shown(of.requested), shown(of.allocatable))}</span>${of.used !== undefined && html`<small>${own.used} ${shown(of.used)}</small>`}`;
  const columns: Column<NodeLoad>[] = [
    { title: own.node, cell: ({ node }) => html`<bdi>${node.name}</bdi>` },
    {
      title: own.state,
      cell: ({ node }) =>
        state(
          nodeLevel(node),
          [texts.levels[nodeLevel(node)], ...(node.cordoned ? [own.cordoned] : []), ...node.pressures].join(
            ', ',
          ),
        ),
    },
    { title: own.cpu, cell: ({ cpu }) => share(cpu, format.cores) },
    { title: own.memory, cell: ({ memory }) => share(memory, format.bytes) },
    {
      title: own.pods,
      cell: ({ pods, node }) =>
        html`${own.ofAllocatable(format.count(pods), format.count(node.allocatable.pods))}`,
      number: true,
    },
    {
      title: own.version,
      cell: ({ node }) =>
        html`${node.version}${node.zone !== undefined && html`<small>${node.zone}</small>`}`,
    },
  ];
  return table(own.nodes, columns, loads.slice(0, MOST_ROWS));
}

/** Those of a list that are looked for, what is not well first. */
function listPanel<Row extends Named>(
  id: string,
  title: string,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  page: Page,
  level: (row: Row) => Level,
): Html {
  const own = page.texts.cluster;
  const { count } = page.format;
  const filter = filterOf(page);
  const found = rows.filter((row) => matches(filter, row) && (!filter.troubled || level(row) !== 'ok'));
  const rank = (row: Row): number => ['critical', 'attention', 'unknown', 'ok'].indexOf(level(row));
  const shown = [...found].sort((a, b) => rank(a) - rank(b)).slice(0, MOST_ROWS);
  const content =
    shown.length === 0
      ? html`<p class="quiet">${rows.length === 0 ? page.texts.none : own.noMatch}</p>`
      : html`<p class="quiet">${own.shownOf(count(shown.length), count(rows.length))}</p>${table(title, columns, shown)}`;
  return panel(id, title, content);
}
