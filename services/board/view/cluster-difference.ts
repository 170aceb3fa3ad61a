import type { ClusterSnapshot } from '../../../packages/contracts/cluster-snapshot.ts';
import { type Change, type Difference, differencesOf } from '../model/cluster.ts';
import type { Feed } from '../model/feed.ts';
import { type Html, html, nothing } from './html.ts';
import type { Page } from './page.ts';
import { type Column, panel, sourceState, table } from './parts.ts';

const MOST_ROWS = 500;

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
      : table(own.differences, columns(page), all.slice(0, MOST_ROWS));
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
