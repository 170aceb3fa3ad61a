import type { Level } from '../model/health.ts';
import type { Connection } from '../model/state.ts';
import { emptyState, message } from './common.ts';
import { type Html, html, nothing } from './html.ts';
import { levelIcon } from './icons.ts';
import type { Page } from './page.ts';

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
