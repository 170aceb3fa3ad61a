import type { Health, Level, Next } from '../model/health.ts';
import type { BoardState, Connection, DecisionRecord } from '../model/state.ts';
import { arrow, type Html, html, levelIcon, nothing } from './html.ts';
import type { Page, Region } from './page.ts';

/** A level as icon and word. */
export const pill = (level: Level, { texts }: Page): Html =>
  html`<span class="pill" data-level="${level}">${levelIcon(level)}${texts.levels[level]}</span>`;

/** What comes next, in a sentence. */
export function nextSentence(next: Next, { texts, format }: Page, now: number): string {
  switch (next.kind) {
    case 'unknown':
      return texts.nextUnknown;
    case 'frozen':
      return texts.nextFrozen(format.count(next.replicas));
    case 'drains':
      return texts.nextDrains(format.duration(next.seconds), format.time(now + next.seconds * 1000));
    case 'grows':
      return texts.nextGrows;
    case 'opens':
      return openingSentence(next, texts, format);
    case 'waits-for-work':
      return next.at === undefined ? texts.nextWaits : texts.nextWaitsFor(format.count(next.at));
  }
}

function openingSentence(
  { at, ready, inSeconds }: Extract<Next, { kind: 'opens' }>,
  texts: Page['texts'],
  format: Page['format'],
): string {
  const [mark, waiting] = [format.count(at), format.count(ready)];
  return inSeconds === undefined
    ? texts.nextOpens(mark, waiting)
    : texts.nextOpensWithin(mark, waiting, format.duration(inSeconds));
}

/** The change of a decision: 0 -> 25. */
export const change = ({ from, to }: DecisionRecord, { texts, format }: Page): Html =>
  from === to
    ? html`<span class="change held">${texts.held(format.count(to))}</span>`
    : html`<span class="change"><span aria-hidden="true"><b>${format.count(from)}</b>${arrow}<b>${format.count(to)}</b></span><span class="hidden">${texts.fromTo(format.count(from), format.count(to))}</span></span>`;

/** The scaler's own words, which are English on every page. */
export const message = (text: string, { language }: Page): Html =>
  language === 'en' ? html`<bdi>${text}</bdi>` : html`<bdi lang="en">${text}</bdi>`;

/** What is wrong with what a page shows, and what to do. */
export function banner({ connection, readAt }: BoardState, page: Page): Region {
  const { texts, format } = page;
  if (connection.kind === 'stale')
    return notice(
      'critical',
      texts.staleTitle,
      texts.staleText(format.time(readAt ?? 0)),
      connection.message,
      page,
    );
  if (connection.kind === 'failed')
    return notice('critical', texts.failedTitle, texts.failedText, connection.message, page);
  return { id: 'banner', content: nothing };
}

function notice(level: Level, title: string, text: string, cause: string, page: Page): Region {
  const content = html`<div class="banner" data-level="${level}" role="status">${levelIcon(level)}<div><p class="banner-title">${title}</p><p>${text}</p><p class="cause">${page.texts.cause}: ${message(cause, page)}</p></div></div>`;
  return { id: 'banner', content };
}

/** A page that has nothing to show yet, and what to do about it. */
export const emptyState = (level: Level, title: string, text: string): Html =>
  html`<section class="empty" data-level="${level}">${levelIcon(level)}<h2>${title}</h2><p>${text}</p></section>`;

/** The wait of the oldest message as it is shown; without one waiting it is none. */
export function waitText(
  ready: number | undefined,
  seconds: number | undefined,
  { texts, format }: Page,
): string {
  if (seconds !== undefined) return format.duration(seconds);
  return ready === 0 ? texts.none : texts.notReported;
}

/** The bar of a wait beside its objective. */
export const waitShare = (seconds: number | undefined, { targetSeconds }: Health): number =>
  seconds === undefined || targetSeconds === undefined ? 0 : seconds / targetSeconds;

/** Decisions with their reasons, as they are given: the time line of a queue and of the whole system. */
export const decisionList = (records: readonly DecisionRecord[], page: Page, named = false): Html => {
  const { texts, format } = page;
  const item = (record: DecisionRecord): Html =>
    html`<li class="${record.from === record.to ? 'is-held' : 'is-change'}"><time datetime="${new Date(record.at).toISOString()}">${format.time(record.at)}</time><span class="what">${named && html`<bdi class="workload">${record.workload}</bdi>`}${change(record, page)}<span class="reason">${texts.reasons[record.reason]}</span></span><p>${message(record.message, page)}</p></li>`;
  return html`<ol class="changes">${records.map(item)}</ol>`;
};

/** The head of a page: how all of it is, in one sentence, and when that was read. */
export const verdictHead = (level: Level, title: string, summary: string, asOf: string | undefined): Html =>
  html`<header class="verdict" data-level="${level}">${levelIcon(level)}<div><h1>${title}</h1>${summary !== '' && html`<p>${summary}</p>`}</div>${asOf !== undefined && html`<p class="as-of">${asOf}</p>`}</header>`;

/** A part of a page with its heading. */
export const panel = (id: string, title: string, content: Html): Html =>
  html`<section class="panel"><h2 id="${id}-title" class="section-title">${title}</h2>${content}</section>`;

/** A column of a table. */
export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => Html;
  readonly number?: boolean;
}

/** Rows as a table that scrolls sideways by itself where there is no room. */
export function table<Row>(title: string, columns: readonly Column<Row>[], rows: readonly Row[]): Html {
  const head = columns.map(
    ({ title: name, number }) =>
      html`<th scope="col"${number ? html` class="number"` : nothing}>${name}</th>`,
  );
  const body = rows.map(
    (row) =>
      html`<tr>${columns.map(({ cell, number }, index) => {
        if (index === 0) return html`<th scope="row">${cell(row)}</th>`;
        return html`<td${number ? html` class="number"` : nothing}>${cell(row)}</td>`;
      })}</tr>`,
  );
  return html`<div class="table-wrap sheet" tabindex="0" role="region" aria-label="${title}"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** A day and a time of a table; a dash where the source gives none that can be read. @param at epoch milliseconds */
export const instant = (at: number | undefined, { format }: Page): Html =>
  at === undefined
    ? html`–`
    : html`<time datetime="${new Date(at).toISOString()}">${format.instant(at)}</time>`;

/** A level beside the words for it. */
export const state = (level: Level, words: string): Html =>
  html`<span class="state" data-level="${level}">${levelIcon(level)}<span>${words}</span></span>`;

/** A notice above a page that is not what it should be. */
export const note = (level: Level, title: string, text: Html | string): Html =>
  html`<div class="banner" data-level="${level}" role="status">${levelIcon(level)}<div><p class="banner-title">${title}</p><p>${text}</p></div></div>`;

/** What a page says that has nothing to show, and what to do. */
export interface SourceWords {
  readonly loadingTitle: string;
  readonly loadingText: string;
  readonly failedTitle: string;
  readonly failedText: string;
}

/** What stands above a page, or in its place, while its source does not answer. @returns undefined where it does */
export function sourceState(connection: Connection, words: SourceWords, page: Page): Html | undefined {
  if (connection.kind === 'loading') return emptyState('unknown', words.loadingTitle, words.loadingText);
  if (connection.kind === 'live') return undefined;
  const text = html`${words.failedText} <span class="cause">${page.texts.cause}: ${message(connection.message, page)}</span>`;
  return note('critical', words.failedTitle, text);
}

/** A page that has a heading, and a reason why there is nothing else. */
export const bare = (title: string, level: Level, reason: string, todo: string): Html =>
  html`<header class="head"><div><h1>${title}</h1></div></header>${emptyState(level, reason, todo)}`;
