import type {
  ApplicationRow,
  ClusterSnapshot,
  ReleaseRow,
} from '../../../packages/contracts/cluster-snapshot.ts';
import type { Level } from '../model/health.ts';
import { type BoardState, type ImageUse, imagesInUse, releaseLevel } from '../model/state.ts';
import { bar } from './chart.ts';
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

const MOST_ROWS = 200;

/** What is being released, what of the desired state is not live, and which images run. */
export function releasesPage({ cluster }: BoardState, page: Page): Content {
  const { texts } = page;
  const own = texts.releases;
  const { title } = own;
  const snapshot = cluster?.value?.latest;
  const { offTitle, offText, emptyTitle, failedTitle, failedText } = texts.cluster;
  const words = { failedTitle, failedText, loadingTitle: texts.loadingTitle, loadingText: own.emptyText };
  const trouble = cluster && sourceState(cluster.connection, words, page);
  if (snapshot === undefined) {
    const why =
      cluster === undefined
        ? bare(title, 'unknown', offTitle, offText)
        : bare(title, 'unknown', emptyTitle, own.emptyText);
    const content = trouble
      ? html`<header class="head"><div><h1>${title}</h1></div></header>${trouble}`
      : why;
    return { title, regions: [{ id: 'releases', content }] };
  }
  return {
    title,
    regions: [
      { id: 'banner', content: trouble ?? nothing },
      { id: 'verdict', content: head(snapshot, page) },
      { id: 'canaries', content: panel('canaries', own.canaries, canaries(snapshot, page)) },
      { id: 'applications', content: panel('applications', own.applications, applications(snapshot, page)) },
      { id: 'images', content: panel('images', own.images, images(snapshot, page)) },
    ],
  };
}

const isBehind = ({ sync }: ApplicationRow): boolean => sync !== 'Synced';

function head({ releases, applications: all, takenAt }: ClusterSnapshot, page: Page): Html {
  const { texts, format, counted } = page;
  const own = texts.releases;
  const failing = releases.some((release) => releaseLevel(release) === 'critical');
  const behind = all
    .filter(isBehind)
    .reduce((sum, { outOfSyncCount }) => sum + Math.max(1, outOfSyncCount), 0);
  const level: Level = failing ? 'critical' : behind > 0 ? 'attention' : 'ok';
  const count = counted(all.length, own.countApplications);
  const title =
    behind > 0 ? counted(behind, own.outOfSync) : all.length > 0 ? own.allSynced(count) : own.title;
  return verdictHead(level, title, '', texts.asOf(format.instant(takenAt)));
}

function canaries({ releases }: ClusterSnapshot, page: Page): Html {
  const own = page.texts.releases;
  if (releases.length === 0) return html`<p class="quiet">${own.noCanaries}</p>`;
  return html`<div class="cards">${releases.map((release) => card(release, page))}</div>`;
}

function card(release: ReleaseRow, page: Page): Html {
  const { texts, format } = page;
  const own = texts.releases;
  const { name, namespace, phase, steps, step, weight, stable, canary, analyses, images: tags } = release;
  const level = releaseLevel(release);
  return html`<article class="card" data-level="${level}">
<header><h3><bdi>${name}</bdi></h3>${state(level, phase)}<p><bdi>${namespace}</bdi> ${tags.map((image) => html`<code>${image}</code>`)}</p></header>
<dl class="facts">
<div><dt>${own.canary}</dt><dd class="figure">${canary === undefined ? html`<small>${own.none}</small>` : html`<bdi>${canary}</bdi>`}</dd><dd class="under">${canary !== undefined && weight !== undefined && html`${bar(weight / 100, level)}<span>${own.weight(format.percent(weight / 100))}</span>`}${canary !== undefined && html`<span>${own.step(format.count(step), format.count(steps))}</span>`}</dd></div>
<div><dt>${own.stable}</dt><dd class="figure"><bdi>${stable ?? '–'}</bdi></dd></div>
<div><dt>${own.analysis}</dt><dd>${analyses.length === 0 ? html`<span class="quiet">${own.noAnalysis}</span>` : analyses.map((run) => html`<span class="line">${state(run.phase === 'Successful' ? 'ok' : run.phase === 'Running' ? 'unknown' : 'critical', run.phase)} <bdi>${run.name}</bdi>${run.message !== undefined && html` ${message(run.message, page)}`}</span>`)}</dd></div>
</dl>
${release.message !== undefined && html`<p class="aside">${message(release.message, page)}</p>`}
</article>`;
}

function applications({ applications: all }: ClusterSnapshot, page: Page): Html {
  const { texts } = page;
  const own = texts.releases;
  if (all.length === 0) return html`<p class="quiet">${own.noApplications}</p>`;
  const sorted = [...all].sort(
    (a, b) => Number(isBehind(b)) - Number(isBehind(a)) || (b.syncedAt ?? 0) - (a.syncedAt ?? 0),
  );
  const rows = (title: string, of: readonly ApplicationRow[]): Html =>
    table(title, applicationColumns(page), of.slice(0, MOST_ROWS));
  const wanting = sorted.filter((row) => isBehind(row) || row.health !== 'Healthy');
  const whole = page.counted(all.length, own.countApplications);
  const { argocd } = page.links;
  return html`${wanting.length === 0 ? html`<p class="quiet">${own.allSynced(whole)}</p>` : rows(own.applications, wanting)}
<details id="all-applications"><summary>${whole}</summary>${rows(whole, sorted)}</details>${
    argocd !== undefined && html`<p><a href="${new Outside(argocd)}" rel="noreferrer">${own.argoLink}</a></p>`
  }`;
}

function applicationColumns(page: Page): readonly Column<ApplicationRow>[] {
  const { texts, format } = page;
  const own = texts.releases;
  return [
    {
      title: texts.cluster.name,
      cell: ({ name, project }) => html`<bdi>${name}</bdi><small>${project}</small>`,
    },
    {
      title: own.sync,
      cell: (row) =>
        html`${state(isBehind(row) ? 'attention' : 'ok', row.sync)}${row.outOfSync.slice(0, 5).map(({ kind, name }) => html`<small>${kind} <bdi>${name}</bdi></small>`)}${row.outOfSyncCount > 5 && html`<small>${own.more(format.count(row.outOfSyncCount - 5))}</small>`}`,
    },
    {
      title: own.health,
      cell: ({ health }) =>
        state(health === 'Healthy' ? 'ok' : health === 'Degraded' ? 'critical' : 'attention', health),
    },
    { title: own.revision, cell: ({ revision }) => commit(revision, page) },
    {
      title: own.lastSync,
      cell: (row) =>
        html`${instant(row.syncedAt, page)}${row.message !== undefined && html`<small>${message(row.message, page)}</small>`}`,
    },
  ];
}

const COMMIT = /^[0-9a-f]{7,64}$/;

/** A commit, and where to read it and the pull request that brought it. */
export function commit(revision: string | undefined, { links: { repository }, texts }: Page): Html {
  if (revision === undefined) return html`–`;
  const shown = html`<code>${COMMIT.test(revision) ? revision.slice(0, 10) : revision}</code>`;
  if (repository === undefined || !COMMIT.test(revision)) return shown;
  const own = texts.releases;
  const pulls = new Outside(repository, ['pulls'], { q: `is:pr ${revision}` });
  return html`${shown}<small><a href="${new Outside(repository, ['commit', revision])}" rel="noreferrer">${own.commitLink}</a></small><small><a href="${pulls}" rel="noreferrer">${own.pullRequestLink}</a></small>`;
}

function images(snapshot: ClusterSnapshot, page: Page): Html {
  const { texts, format } = page;
  const own = texts.releases;
  const columns: readonly Column<ImageUse>[] = [
    { title: own.image, cell: ({ image }) => html`<code>${image}</code>` },
    {
      title: own.digest,
      cell: ({ digest }) => (digest === undefined ? html`${own.noDigest}` : html`<code>${digest}</code>`),
    },
    { title: own.pods, cell: ({ pods }) => html`${format.count(pods)}`, number: true },
  ];
  const rows = imagesInUse(snapshot);
  return rows.length === 0
    ? html`<p class="quiet">${texts.none}</p>`
    : table(own.images, columns, rows.slice(0, MOST_ROWS));
}
