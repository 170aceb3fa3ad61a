import {
  baseOf,
  fieldsOf,
  numbersOf,
  type Report,
  WHAT_IF_FIELDS,
  type WhatIfFault,
  type WhatIfField,
} from '@sluice/policy';
import type { Arrived } from '../model/arrivals.ts';
import type { WorkloadState } from '../model/state.ts';
import type { WhatIfState } from '../model/what-if.ts';
import { type Chart, figure } from './chart.ts';
import { kept } from './cluster-forms.ts';
import { message } from './common.ts';
import { Address, type Html, html, nothing, Outside } from './html.ts';
import type { Page, Region } from './page.ts';
import { note, panel, table } from './parts.ts';

/** The policy's numbers to change, and what both policies do with the arrivals of the last hours. */
export function whatIfRegion(
  { workload }: WorkloadState,
  state: WhatIfState | undefined,
  page: Page,
): Region {
  const own = page.texts.whatIf;
  const content =
    state === undefined
      ? html`<p class="quiet">${own.noPolicy}</p>`
      : html`<p class="quiet">${own.intro} ${basis(state, page)}</p>${form(state, page)}${answer(workload, state, page)}`;
  return { id: 'what-if', content: html`<div id="what-if">${panel('what-if', own.title, content)}</div>` };
}

function basis({ arrived }: WhatIfState, { texts, format, counted }: Page): string {
  const own = texts.whatIf;
  if (typeof arrived === 'string') return { short: own.short, none: own.empty, many: own.many }[arrived];
  return own.basis(counted(arrived.jobs, own.countJobs), format.time(arrived.from), format.time(arrived.to));
}

const faultsIn = ({ answer }: WhatIfState): readonly WhatIfFault[] =>
  typeof answer === 'object' && 'faults' in answer ? answer.faults : [];

function form(state: WhatIfState, page: Page): Html {
  const own = page.texts.whatIf;
  const { policy, typed, times } = state;
  const today: Readonly<Partial<Record<WhatIfField, number>>> = { ...times, ...numbersOf(policy) };
  const faults = faultsIn(state);
  const input = (field: WhatIfField) => {
    const mine = faults.filter((fault) => fault.field === field);
    const value = typed[field] ?? (today[field] === undefined ? '' : String(today[field]));
    return html`<label><span>${own.fields[field]}</span><input id="what-if-${field}" name="${field}" value="${value}" inputmode="decimal" autocomplete="off" maxlength="20"${mine.length > 0 && html` aria-invalid="true" aria-describedby="what-if-${field}-fault"`}>${mine.length > 0 && html`<span class="fault" id="what-if-${field}-fault">${mine.map((fault) => html`<span>${faultText(fault, page)}</span>`)}</span>`}</label>`;
  };
  const fields = fieldsOf(policy);
  const assumed: readonly WhatIfField[] = ['jobSeconds', 'startSeconds'];
  const group = (title: string, members: readonly WhatIfField[]) =>
    html`<fieldset><legend>${title}</legend>${members.map(input)}</fieldset>`;
  return html`<form class="form what-if" method="get" action="${new Address(`${page.asset(page.path).text}#what-if`)}" aria-label="${own.title}">
${kept(page, WHAT_IF_FIELDS)}
${group(
  own.policyNumbers(baseOf(policy).kind),
  fields.filter((field) => !assumed.includes(field)),
)}
${group(own.assumptions, assumed)}
<button type="submit">${own.ask}</button>${Object.keys(typed).length > 0 && html`<a href="${page.link(page.path)}">${own.reset}</a>`}
</form>`;
}

/** The constraint that a number breaks, in the page's language. */
function faultText({ rule, limit, other }: WhatIfFault, { texts, format }: Page): string {
  const own = texts.whatIf;
  const bound = limit === undefined ? '' : format.count(limit);
  return own.rules[rule](other === undefined ? bound : own.asField(bound, own.fields[other]));
}

function answer(workload: string, state: WhatIfState, page: Page): Html {
  const own = page.texts.whatIf;
  const { answer: given, arrived } = state;
  if (given === undefined || typeof arrived === 'string') return nothing;
  if (given === 'busy') return note('attention', own.busy, '');
  if ('refused' in given) return note('critical', own.refusedText, message(given.refused, page));
  if ('faults' in given)
    return note('critical', page.counted(given.faults.length, own.countFaults), own.faultsText);
  return html`${comparison(given, page)}${figure(replicas(given, arrived, page), page)}${line(workload, given.line, page)}`;
}

interface Both {
  readonly today: Report;
  readonly changed: Report;
}

function comparison({ today, changed }: Both, page: Page): Html {
  const { texts, format } = page;
  const own = texts.whatIf;
  const rows: readonly (readonly [string, (report: Report) => string])[] = [
    [own.waitP50, ({ waitP50 }) => format.duration(waitP50)],
    [own.waitP99, ({ waitP99 }) => format.duration(waitP99)],
    [own.podTime, ({ podSeconds }) => format.duration(podSeconds)],
    [own.changes, ({ replicaChanges }) => format.count(replicaChanges)],
    [own.left, ({ residue }) => format.count(residue)],
  ];
  type Row = (typeof rows)[number];
  const of = (title: string, report: Report) => ({
    ...{ title, number: true },
    cell: ([, shown]: Row) => html`${shown(report)}`,
  });
  const names = { title: own.measure, cell: ([name]: Row) => html`${name}` };
  return table(own.title, [names, of(own.today, today), of(own.changed, changed)], rows);
}

const MOST_POINTS = 240;

/** The peaks of evenly long parts. */
const thinned = (values: readonly number[], every: number): number[] =>
  Array.from({ length: Math.ceil(values.length / every) }, (_, index) =>
    Math.max(...values.slice(index * every, (index + 1) * every)),
  );

function replicas({ today, changed }: Both, { from }: Arrived, { texts }: Page): Chart {
  const own = texts.whatIf;
  const { second } = today.series;
  const every = Math.max(1, Math.ceil(second.length / MOST_POINTS));
  const start = Math.floor(from / 1000);
  return {
    ...{ id: 'what-if-replicas', title: texts.chartReplicas, marks: [] },
    times: second.filter((_, index) => index % every === 0).map((at) => (start + at) * 1000),
    lines: [
      {
        label: own.today,
        tone: 'gate',
        values: thinned(today.series.replicas, every),
        step: true,
        fill: true,
      },
      { label: own.changed, tone: 'time', values: thinned(changed.series.replicas, every), step: true },
    ],
    shown: (value, format) => format.count(value),
  };
}

function line(workload: string, text: string, { texts, links }: Page): Html {
  const own = texts.whatIf;
  const { repository, branch = 'main', files } = links;
  const file = files?.get(workload);
  const edit =
    repository !== undefined &&
    file !== undefined &&
    html`<p><a href="${new Outside(repository, ['edit', ...branch.split('/'), ...file.split('/')])}" rel="noreferrer">${own.edit}</a> <code>${file}</code></p>`;
  return html`<div class="paste"><h3 id="what-if-line">${own.line}</h3><p><code lang="en">${text}</code></p>${edit}</div>`;
}
