import { type Health, healthOf } from '../model/health.ts';
import type { Sample } from '../model/history.ts';
import type { BoardState, DecisionRecord, WorkloadState } from '../model/state.ts';
import { bar, type Chart, figure, gates } from './chart.ts';
import { type Html, html, nothing } from './html.ts';
import type { Content, Page, Region } from './page.ts';
import {
  banner,
  decisionList,
  emptyState,
  nextSentence,
  pill,
  sourceState,
  waitShare,
  waitText,
} from './parts.ts';

/**
 * One workload: its figures, its past and every decision with its reason.
 * @param asked parts that are there only when the page is asked for
 */
export function queue(
  state: BoardState,
  workload: WorkloadState,
  page: Page,
  asked: readonly Region[],
): Content {
  const health = healthOf(workload, state.connection.kind === 'live');
  const loading = state.connection.kind === 'loading';
  return {
    title: workload.workload,
    charts: true,
    whatIf: true,
    regions: [
      banner(state, page),
      { id: 'head', content: head(state, workload, health, page) },
      ...(loading
        ? [{ id: 'loading', content: emptyState('unknown', page.texts.loadingTitle, page.texts.loadingText) }]
        : [
            { id: 'figures', content: figures(workload, health, page) },
            ...charts(workload, health, page),
            ...asked,
            { id: 'decisions', content: decisions(state, workload.decisions, page) },
          ]),
    ],
  };
}

function head({ readAt, now }: BoardState, { workload }: WorkloadState, health: Health, page: Page): Html {
  const { texts, format } = page;
  return html`<header class="head"><div><h1><bdi>${workload}</bdi></h1>${pill(health.level, page)}</div><p>${texts.conditions[health.condition]} <span class="next">${nextSentence(health.next, page, now)}</span></p>${readAt !== undefined && html`<p class="as-of">${texts.asOf(format.time(readAt))}</p>`}</header>`;
}

function figures(workload: WorkloadState, health: Health, page: Page): Html {
  const { ready, unacked, replicas, oldestWait, throughput } = workload;
  const { texts, format } = page;
  const seconds = oldestWait?.seconds;
  const shown = (value: number | undefined) => (value === undefined ? '–' : format.count(value));
  const level = health.level === 'critical' || health.level === 'attention' ? health.level : 'ok';
  const target =
    health.targetSeconds !== undefined &&
    html`${bar(waitShare(seconds, health), level)}<span>${texts.objective(format.duration(health.targetSeconds))}</span>`;
  return html`<dl class="facts wide">
<div><dt>${texts.oldestWait}</dt><dd class="figure">${waitText(ready, seconds, page)}</dd><dd class="under">${target}${oldestWait?.source === 'first-sight' && html`<span>${texts.firstSight}</span>`}</dd></div>
<div><dt>${texts.ready}</dt><dd class="figure">${shown(ready)}</dd><dd class="under"><span>${texts.messages}</span></dd></div>
<div><dt>${texts.inWork}</dt><dd class="figure">${shown(unacked)}</dd><dd class="under"><span>${texts.messages}</span></dd></div>
<div><dt>${texts.replicas}</dt><dd class="figure">${shown(replicas)}${health.maxReplicas !== undefined && html` <small>${texts.ofMax(format.count(health.maxReplicas))}</small>`}</dd><dd class="under">${gates(replicas ?? 0, health.maxReplicas ?? 0)}</dd></div>
<div><dt>${texts.throughput}</dt><dd class="figure">${throughput === undefined ? '–' : format.rate(throughput)}</dd><dd class="under"><span>${throughput === undefined ? texts.notReported : texts.perSecond}</span></dd></div>
</dl>`;
}

function charts({ samples, decisions }: WorkloadState, health: Health, page: Page): Region[] {
  const { texts } = page;
  const times = samples.map(({ at }) => at);
  const marks = decisions.filter(({ from, to }) => from !== to).map(({ at }) => at);
  const of = <K extends keyof Sample>(key: K) => samples.map((sample) => sample[key]);
  const common = { times, marks };
  const all: Chart[] = [
    {
      ...{
        ...common,
        id: 'backlog',
        title: texts.chartBacklog,
        shown: (value, format) => format.count(value),
      },
      lines: [
        { label: texts.ready, tone: 'water', values: of('ready'), fill: true },
        { label: texts.inWork, tone: 'deep', values: of('unacked') },
      ],
    },
    {
      ...{
        ...common,
        id: 'replicas',
        title: texts.chartReplicas,
        shown: (value, format) => format.count(value),
      },
      lines: [{ label: texts.replicas, tone: 'gate', values: of('replicas'), step: true, fill: true }],
    },
    {
      ...{ ...common, id: 'wait', title: texts.chartWait, shown: (value, format) => format.rate(value) },
      lines: [{ label: texts.oldestWait, tone: 'time', values: of('oldestWaitSeconds') }],
      ...(health.targetSeconds !== undefined && { target: health.targetSeconds }),
    },
  ];
  if (samples.some(({ throughput }) => throughput !== null))
    all.push({
      ...{
        ...common,
        id: 'throughput',
        title: texts.chartThroughput,
        shown: (value, format) => format.rate(value),
      },
      lines: [{ label: texts.throughput, tone: 'deep', values: of('throughput'), fill: true }],
    });
  return all.map((chart) => ({ id: `chart-${chart.id}`, content: figure(chart, page) }));
}

function decisions({ decisions: source }: BoardState, records: readonly DecisionRecord[], page: Page): Html {
  const { texts } = page;
  const known = records.length > 0 && decisionList(records, page);
  return html`<section aria-labelledby="decisions-title"><h2 id="decisions-title" class="section-title">${texts.decisions}</h2>${sourceOf(source, page)}${known || html`<p class="quiet">${absence(source, page)}</p>`}</section>`;
}

/** What is wrong with the source of the decisions, where something is. */
function sourceOf(source: BoardState['decisions'], page: Page): Html {
  if (source === undefined || source === 'none' || source.connection.kind === 'loading') return nothing;
  const { storeFailedTitle, storeFailedText, loadingText } = page.texts.logs;
  const words = {
    ...{ loadingTitle: loadingText, loadingText },
    ...{ failedTitle: storeFailedTitle, failedText: storeFailedText },
  };
  return sourceState(source.connection, words, page) ?? nothing;
}

/** Why there is no decision. */
function absence(source: BoardState['decisions'], { texts }: Page): string {
  if (source === 'none') return texts.decisionsOff;
  return source?.connection.kind === 'loading' ? texts.logs.loadingText : texts.noDecision;
}
