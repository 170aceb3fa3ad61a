import { type Health, healthOf, type Level, worstOf } from '../model/health.ts';
import type { BoardState, DecisionRecord, WorkloadState } from '../model/state.ts';
import type { FiringAlert } from '../sources/prometheus.ts';
import { bar, gates, sparkline } from './chart.ts';
import { type Html, html, levelIcon } from './html.ts';
import { alertTable } from './infra.ts';
import type { Content, Page } from './page.ts';
import {
  banner,
  change,
  decisionList,
  emptyState,
  nextSentence,
  panel,
  pill,
  waitShare,
  waitText,
} from './parts.ts';
import { commit } from './releases.ts';

const MOST_CHANGES = 8;
const MOST_ALERTS = 5;

/** "Is everything well?", in one look. */
export function overview(state: BoardState, page: Page): Content {
  const isCurrent = state.connection.kind === 'live';
  const healths = state.workloads.map((workload) => ({ workload, health: healthOf(workload, isCurrent) }));
  const { texts } = page;
  return {
    title: texts.overview,
    regions: [
      banner(state, page),
      { id: 'verdict', content: verdict(state, healths, page) },
      { id: 'alerts', content: firing(state, page) },
      { id: 'workloads', content: workloads(state, healths, page) },
      { id: 'changes', content: changes(state, page) },
    ],
  };
}

interface Judged {
  readonly workload: WorkloadState;
  readonly health: Health;
}

function verdict(state: BoardState, judged: readonly Judged[], page: Page): Html {
  const { texts, format } = page;
  const { connection, readAt, workloads } = state;
  const levels = judged.map(({ health }) => health.level);
  const known = connection.kind === 'live';
  const own: Level = known && workloads.length > 0 ? worstOf(levels) : 'unknown';
  const fires = alertLevel(state);
  const level = worstOf([own, fires]);
  const affected = levels.filter((each) => each === own).length;
  const sum = (of: (workload: WorkloadState) => number | undefined) =>
    workloads.reduce((total, workload) => total + (of(workload) ?? 0), 0);
  const summary = texts.verdictSummary(
    page.counted(workloads.length, texts.countWorkloads),
    page.counted(sum(({ ready }) => ready) + sum(({ unacked }) => unacked), texts.countMessages),
    page.counted(
      sum(({ replicas }) => replicas),
      texts.countReplicas,
    ),
  );
  const workloadTitle =
    known && workloads.length > 0 ? sentence(own, affected, page) : unknownTitle(state, page);
  // An alert that is worse than every workload is what is wrong.
  const title = level === own ? workloadTitle : page.counted(firingOf(state).length, texts.infra.fires);
  return html`<header class="verdict" data-level="${level}">${levelIcon(level)}<div><h1>${title}</h1>${workloads.length > 0 && html`<p>${summary}</p>`}</div>${readAt !== undefined && html`<p class="as-of">${texts.asOf(format.time(readAt))}</p>`}</header>`;
}

const firingOf = ({ alerts }: BoardState): readonly FiringAlert[] => alerts?.value ?? [];

/** How bad the worst alert is that fires. */
const alertLevel = (state: BoardState): Level =>
  worstOf(
    firingOf(state).map(
      ({ severity }): Level =>
        severity === 'critical' ? 'critical' : severity === 'warning' ? 'attention' : 'ok',
    ),
  );

function sentence(level: Level, count: number, page: Page): string {
  const { texts } = page;
  if (level === 'ok') return texts.verdictOk;
  const noun = {
    attention: texts.verdictAttention,
    critical: texts.verdictCritical,
    unknown: texts.verdictUnknown,
  };
  return page.counted(count, noun[level]);
}

function unknownTitle({ connection }: BoardState, { texts }: Page): string {
  if (connection.kind === 'stale' || connection.kind === 'failed') return texts.verdictStale;
  return connection.kind === 'loading' ? texts.loadingTitle : texts.emptyTitle;
}

function workloads({ connection, now }: BoardState, judged: readonly Judged[], page: Page): Html {
  const { texts } = page;
  if (connection.kind === 'loading') return emptyState('unknown', texts.loadingTitle, texts.loadingText);
  if (judged.length === 0 && connection.kind === 'live')
    return emptyState('unknown', texts.emptyTitle, texts.emptyText);
  return html`<section class="workloads" aria-labelledby="workloads-title"><h2 id="workloads-title" class="section-title">${texts.workloads}</h2>${judged.map((one) => card(one, page, now))}</section>`;
}

function card({ workload, health }: Judged, page: Page, now: number): Html {
  const { workload: name, ready, unacked, replicas, oldestWait, samples, decisions } = workload;
  const { texts, format } = page;
  const work = ready === undefined ? undefined : ready + (unacked ?? 0);
  const seconds = oldestWait?.seconds;
  const wait = health.level === 'critical' || health.level === 'attention' ? health.level : 'ok';
  return html`<article class="card" data-level="${health.level}">
<header><h3><a id="card-${encodeURIComponent(name)}" href="${page.link(`/queues/${encodeURIComponent(name)}`)}"><bdi>${name}</bdi></a></h3>${pill(health.level, page)}<p>${texts.conditions[health.condition]}</p></header>
<dl class="facts">
<div><dt>${texts.oldestWait}</dt><dd class="figure">${waitText(ready, seconds, page)}</dd><dd class="under">${health.targetSeconds !== undefined && html`${bar(waitShare(seconds, health), wait)}<span>${texts.objective(format.duration(health.targetSeconds))}</span>`}</dd></div>
<div><dt>${texts.backlog}</dt><dd class="figure">${work === undefined ? '–' : format.count(work)}</dd><dd class="under">${sparkline(samples.map((sample) => sample.ready + sample.unacked))}</dd></div>
<div><dt>${texts.replicas}</dt><dd class="figure">${replicas === undefined ? '–' : format.count(replicas)}${health.maxReplicas !== undefined && html` <small>${texts.ofMax(format.count(health.maxReplicas))}</small>`}</dd><dd class="under">${gates(replicas ?? 0, health.maxReplicas ?? 0)}</dd></div>
</dl>
<dl class="story">
<div><dt>${texts.next}</dt><dd>${nextSentence(health.next, page, now)}</dd></div>
<div><dt>${texts.lastDecision}</dt><dd>${lastDecision(decisions[0], page)}</dd></div>
</dl>
</article>`;
}

const lastDecision = (decision: DecisionRecord | undefined, page: Page): Html =>
  decision === undefined
    ? html`${page.texts.noDecision}`
    : html`${change(decision, page)} <span class="reason">${page.texts.reasons[decision.reason]}</span> <time datetime="${new Date(decision.at).toISOString()}">${page.format.time(decision.at)}</time>`;

/** What fires, where the board reads alerts and one does. */
function firing({ alerts }: BoardState, page: Page): Html {
  const { texts } = page;
  if (alerts?.value === undefined || alerts.value.length === 0) return html``;
  return panel('alerts', texts.infra.alerts, alertTable(alerts.value.slice(0, MOST_ALERTS), page));
}

/** The last time that Argo CD brought a commit into the cluster. */
function lastSync({ cluster }: BoardState, page: Page): Html {
  const own = page.texts.releases;
  const latest = [...(cluster?.value?.latest?.applications ?? [])]
    .filter(({ syncedAt }) => syncedAt !== undefined)
    .sort((a, b) => (b.syncedAt ?? 0) - (a.syncedAt ?? 0))[0];
  if (latest === undefined) return html``;
  const { name, syncedAt = 0, revision } = latest;
  return html`<dl class="facts wide"><div><dt>${own.lastSync}</dt><dd><a href="${page.link('/releases')}"><bdi>${name}</bdi></a> <time datetime="${new Date(syncedAt).toISOString()}">${page.format.instant(syncedAt)}</time></dd></div><div class="sheet-cell"><dt>${own.revision}</dt><dd>${commit(revision, page)}</dd></div></dl>`;
}

function changes(state: BoardState, page: Page): Html {
  const { workloads, connection } = state;
  const { texts } = page;
  if (connection.kind === 'loading') return html``;
  const all = workloads
    .flatMap(({ decisions }) =>
      decisions.filter(({ from, to, reason }) => from !== to || reason.startsWith('Reading')),
    )
    .sort((a, b) => b.at - a.at)
    .slice(0, MOST_CHANGES);
  return html`<section aria-labelledby="changes-title"><h2 id="changes-title" class="section-title">${texts.lastChanges}</h2>${lastSync(state, page)}${all.length === 0 ? html`<p class="quiet">${texts.noChanges}</p>` : decisionList(all, page, true)}</section>`;
}
