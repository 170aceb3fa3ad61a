import { parseInstant } from '../../../packages/contracts/instant.ts';
import type { LogReport, ReportEvent, ReportGroup } from '../../../packages/contracts/log-report.ts';
import { type ErrorTrend, errorTrends } from '../model/errors.ts';
import type { Feed } from '../model/feed.ts';
import type { BoardState } from '../model/state.ts';
import type { FoundLine } from '../sources/lines.ts';
import { sparkline } from './chart.ts';
import { kept } from './cluster-columns.ts';
import { type Html, html, nothing } from './html.ts';
import type { Content, Page } from './page.ts';
import {
  bare,
  type Column,
  emptyState,
  instant,
  panel,
  sourceState,
  state,
  table,
  verdictHead,
} from './parts.ts';

const MOST_ROWS = 100;

/** Lines of programs: any language, any content. */
const line = (text: string): Html => html`<code><bdi>${text}</bdi></code>`;

/** Errors of all namespaces: what is new, how often, since when; one window with its samples and events. */
export function logsPage(
  { errors, now }: BoardState,
  page: Page,
  report: Feed<LogReport> | undefined,
): Content {
  const { texts } = page;
  const own = texts.logs;
  const { title } = own;
  const search = { id: 'search', content: searchLink(page) };
  if (errors === undefined)
    return {
      title,
      regions: [{ id: 'logs', content: bare(title, 'unknown', own.offTitle, own.offText) }, search],
    };
  const words = { ...own, loadingTitle: texts.loadingTitle, loadingText: own.loadingText };
  const trouble = sourceState(errors.connection, words, page);
  if (errors.value === undefined)
    return {
      title,
      regions: [
        { id: 'logs', content: html`<header class="head"><div><h1>${title}</h1></div></header>${trouble}` },
        search,
      ],
    };
  const { query } = page;
  const all = errorTrends(errors.value, now).filter(
    ({ namespace, pattern }) =>
      (query.ns === undefined || namespace === query.ns) &&
      pattern.toLowerCase().includes((query.q ?? '').toLowerCase()),
  );
  return {
    title,
    regions: [
      { id: 'banner', content: trouble ?? nothing },
      { id: 'verdict', content: head(all, errors.readAt, page) },
      search,
      { id: 'filter', content: form(namespacesOf(errors.value), page) },
      { id: 'report', content: reportPanel(report, page) },
      {
        id: 'errors',
        content:
          all.length === 0
            ? emptyState('ok', own.noneTitle, own.noneText)
            : panel('errors', own.errors, table(own.errors, columns(page), all.slice(0, MOST_ROWS))),
      },
    ],
  };
}

const namespacesOf = (all: readonly { readonly namespace: string }[]): string[] =>
  [...new Set(all.map(({ namespace }) => namespace))].sort();

function head(all: readonly ErrorTrend[], readAt: number | undefined, page: Page): Html {
  const { texts, format, counted } = page;
  const own = texts.logs;
  const fresh = all.filter(({ isNew }) => isNew).length;
  const title = fresh > 0 ? counted(fresh, own.newErrors) : all.length > 0 ? own.nothingNew : own.noneTitle;
  const lines = all.reduce((sum, { count }) => sum + count, 0);
  const asOf = readAt === undefined ? undefined : texts.asOf(format.time(readAt));
  return verdictHead(fresh > 0 ? 'attention' : 'ok', title, counted(lines, own.countLines), asOf);
}

/** By namespace and text, for both pages. */
function form(namespaces: readonly string[], page: Page): Html {
  const own = page.texts.logs;
  const { cluster } = page.texts;
  const chosen = page.query.ns ?? '';
  const options = chosen === '' || namespaces.includes(chosen) ? namespaces : [...namespaces, chosen];
  return html`<form class="form" method="get" action="${page.asset(page.path)}" role="search" aria-label="${cluster.filter}">
${kept(page, ['q', 'ns', 'at'])}
<label class="wide"><span>${own.text}</span><input id="log-text" type="search" name="q" value="${page.query.q ?? ''}" maxlength="200"></label>
<label><span>${cluster.namespace}</span><select name="ns"><option value="">${cluster.anyNamespace}</option>${options.map((name) => html`<option value="${name}"${name === chosen ? html` selected` : nothing}>${name}</option>`)}</select></label>
<button type="submit">${cluster.filter}</button>
</form>`;
}

function columns(page: Page): readonly Column<ErrorTrend>[] {
  const { texts, format } = page;
  const own = texts.logs;
  return [
    {
      title: own.error,
      cell: ({ pattern, namespace, window, isNew }) =>
        html`${isNew && html`${state('attention', own.isNew)} `}<a href="${page.link('/logs', { ns: namespace, at: String(window) })}">${line(pattern)}</a><small><bdi>${namespace}</bdi></small>`,
    },
    { title: own.lastDay, cell: ({ count }) => html`${format.count(count)}`, number: true },
    { title: own.dayBefore, cell: ({ before }) => html`${format.count(before)}`, number: true },
    { title: own.trend, cell: ({ hours }) => sparkline(hours) },
    {
      title: own.lastSeen,
      cell: ({ lastSeen }) => instant(lastSeen, page),
    },
  ];
}

function reportPanel(report: Feed<LogReport> | undefined, page: Page): Html {
  if (report === undefined) return nothing;
  const { texts, format } = page;
  const own = texts.logs;
  if (report.value === undefined)
    return (
      sourceState(
        report.connection,
        { ...own, loadingTitle: texts.loadingTitle, loadingText: own.loadingText },
        page,
      ) ?? nothing
    );
  const { namespace, start, groups, events } = report.value;
  const at = parseInstant(start);
  const title = own.window(namespace, at === undefined ? '–' : format.instant(at));
  const group: readonly Column<ReportGroup>[] = [
    {
      title: own.sample,
      cell: ({ sample, fingerprint }) => html`${line(sample)}<small>${fingerprint}</small>`,
    },
    { title: own.lines, cell: ({ count }) => html`${format.count(count)}`, number: true },
    {
      title: own.pods,
      cell: ({ pods }) =>
        html`${pods.slice(0, 5).map(({ pod, count }) => html`<span class="line"><bdi>${pod}</bdi> ${format.count(count)}</span>`)}`,
    },
  ];
  const event: readonly Column<ReportEvent>[] = [
    { title: own.event, cell: ({ reason, type }) => html`${reason}<small>${type}</small>` },
    { title: own.pods, cell: ({ pod }) => html`<bdi>${pod}</bdi>` },
    { title: texts.explanation, cell: (row) => html`<bdi lang="en">${row.message}</bdi>` },
    { title: own.lines, cell: ({ count }) => html`${format.count(count)}`, number: true },
  ];
  return html`${panel('report', title, table(title, group, groups.slice(0, MOST_ROWS)))}${events.length > 0 && panel('report-events', own.events, table(own.events, event, events.slice(0, MOST_ROWS)))}`;
}

const searchLink = (page: Page): Html =>
  html`<p><a class="button" href="${page.link('/logs/live')}">${page.texts.logs.openLive}</a></p>`;

/** Of a line whose time is no instant a dash. */
function clockOf(time: string, format: Page['format']): string {
  const at = parseInstant(time);
  return at === undefined ? '–' : format.clock(at);
}

/** The newest lines of the log store, which the page follows. */
export function livePage(
  page: Page,
  found: Feed<readonly FoundLine[]> | undefined,
  namespaces: readonly string[],
): Content {
  const { texts, format } = page;
  const own = texts.logs;
  const title = own.liveTitle;
  if (found === undefined)
    return {
      title,
      regions: [{ id: 'live-lines', content: bare(title, 'unknown', own.noStoreTitle, own.noStoreText) }],
    };
  const words = {
    ...own,
    failedTitle: own.storeFailedTitle,
    failedText: own.storeFailedText,
    loadingTitle: texts.loadingTitle,
    loadingText: own.loadingText,
  };
  const lines = found.value;
  const columns: readonly Column<FoundLine>[] = [
    {
      title: texts.time,
      cell: ({ time }) => html`${clockOf(time, format)}`,
    },
    {
      title: own.pods,
      cell: ({ pod, namespace }) => html`<bdi>${pod}</bdi><small><bdi>${namespace}</bdi></small>`,
    },
    { title: own.level, cell: ({ level }) => html`<bdi>${level}</bdi>` },
    { title: own.text, cell: ({ message }) => line(message) },
  ];
  const body =
    lines === undefined
      ? nothing
      : lines.length === 0
        ? emptyState('unknown', own.noLinesTitle, own.noLinesText)
        : html`<p class="quiet">${own.newest(format.count(lines.length), format.zone(found.readAt ?? 0))}</p>${table(title, columns, lines)}`;
  return {
    title,
    regions: [
      { id: 'banner', content: sourceState(found.connection, words, page) ?? nothing },
      { id: 'head', content: html`<header class="head"><div><h1>${title}</h1></div></header>` },
      { id: 'filter', content: form(namespaces, page) },
      { id: 'live-lines', content: html`<div class="panel">${body}</div>` },
    ],
  };
}
