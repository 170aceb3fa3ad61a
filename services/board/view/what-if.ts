import {
  baseOf,
  fieldsOf,
  numbersOf,
  WHAT_IF_FIELDS,
  WHAT_IF_RANGES,
  type WhatIfField,
} from '@sluice/policy';
import { type Basis, columnsOf } from '../browser/answer.ts';
import type { WorkloadState } from '../model/state.ts';
import type { WhatIfState } from '../model/what-if.ts';
import { type Chart, figure, roundTop } from './chart.ts';
import { kept } from './cluster-columns.ts';
import { Address, type Html, html, nothing, Outside } from './html.ts';
import type { Page, Region } from './page.ts';
import { message, note, panel, table } from './parts.ts';
import { type Shown, type ShownAnswer, shownOf, type WhatIfWords } from './what-if-shown.ts';

/**
 * The policy's numbers to change, and what both policies do with the arrivals of the last hours. A script makes sliders
 * of the fields and answers while they are dragged; without one the form asks the server.
 */
export function whatIfRegion(workload: WorkloadState, state: WhatIfState | undefined, page: Page): Region {
  const own = page.texts.whatIf;
  if (state === undefined) return region(html`<p class="quiet">${own.noPolicy}</p>`, page);
  const words = wordsOf(page);
  const shown = shownOf(state, words, page.format);
  const basis: Basis = { policy: state.policy, samples: columnsOf(workload.samples), words };
  const isLive = typeof state.arrived !== 'string';
  const content = html`<p class="quiet">${own.intro} <span data-basis>${shown.basis}</span></p>
${form(state, shown, isLive ? JSON.stringify(basis) : undefined, page)}
${noted(shown, page)}
${answered(workload.workload, shown.answer, state, page)}
<p class="hidden" role="status" data-said></p>`;
  return region(content, page);
}

const region = (content: Html, { texts }: Page): Region => ({
  id: 'what-if',
  content: html`<div id="what-if">${panel('what-if', texts.whatIf.title, content)}</div>`,
});

/** The texts of the page's language, with places for what is computed. */
export function wordsOf({ texts, language, timeZone }: Page): WhatIfWords {
  const own = texts.whatIf;
  const counted = (noun: (count: string, one: boolean) => string) => ({
    one: noun('{0}', true),
    other: noun('{0}', false),
  });
  const { rules, fields, short, empty: none, many } = own;
  return {
    ...{ language, timeZone, fields },
    rules: {
      ...{ number: rules.number(), whole: rules.whole(), 'at-least': rules['at-least']('{0}') },
      ...{ above: rules.above('{0}'), 'at-most': rules['at-most']('{0}'), below: rules.below('{0}') },
    },
    ...{ asField: own.asField('{0}', '{1}'), basis: own.basis('{0}', '{1}', '{2}') },
    ...{ jobs: counted(own.countJobs), faults: counted(own.countFaults), faultsText: own.faultsText },
    tooLittle: { short, none, many },
    ...{ refused: own.refusedText, busy: own.busy },
    measures: [own.waitP50, own.waitP99, own.podTime, own.changes, own.left],
    caption: texts.tableCaption('{0}', '{1}'),
    ...{ replicas: texts.chartReplicas, today: own.today, changed: own.changed },
  };
}

const ASSUMED: readonly WhatIfField[] = ['jobSeconds', 'startSeconds'];

/** @param basis what a script answers from; without it the form asks the server alone */
function form(state: WhatIfState, { faults }: Shown, basis: string | undefined, page: Page): Html {
  const own = page.texts.whatIf;
  const { policy, typed, times } = state;
  const today: Readonly<Partial<Record<WhatIfField, number>>> = { ...times, ...numbersOf(policy) };
  const input = (field: WhatIfField) => {
    const mine = faults[field];
    const now = today[field] === undefined ? '' : String(today[field]);
    const id = `what-if-${field}`;
    return html`<label for="${id}"><span id="${id}-name">${own.fields[field]}</span><input id="${id}" name="${field}" value="${typed[field] ?? now}" aria-labelledby="${id}-name" data-today="${now}" data-slider="${sliderOf(field, today[field])}" inputmode="decimal" autocomplete="off" maxlength="20"${mine && html` aria-invalid="true"`} aria-describedby="${id}-fault"><span class="fault" id="${id}-fault">${mine?.map((text) => html`<span>${text}</span>`)}</span></label>`;
  };
  const fields = fieldsOf(policy);
  const group = (title: string, members: readonly WhatIfField[]) =>
    html`<fieldset><legend>${title}</legend>${members.map(input)}</fieldset>`;
  const others = fields.filter((field) => !ASSUMED.includes(field));
  return html`<form class="form what-if" method="get" action="${new Address(`${page.asset(page.path).text}#what-if`)}" aria-label="${own.title}"${basis !== undefined && html` data-what-if="${basis}"`}>
${kept(page, WHAT_IF_FIELDS)}
${group(own.policyNumbers(baseOf(policy).kind), others)}
${group(own.assumptions, ASSUMED)}
<button type="submit">${own.ask}</button><a href="${page.link(page.path)}" data-reset${Object.keys(typed).length === 0 && html` hidden`}>${own.reset}</a>
</form>`;
}

/** Lower end, upper end and step of a slider: up to some times the number of today; any number can be typed. */
export function sliderOf(field: WhatIfField, today: number | undefined): string {
  const { whole, min, max } = WHAT_IF_RANGES[field];
  const end = Math.min(max, roundTop(Math.max(4 * (today ?? 60), 10)));
  const step = whole || end > 20 ? 1 : end > 1 ? 0.1 : 0.01;
  return `${min ?? step} ${end} ${step}`;
}

/** Why there is no answer; a part that is there, so that its change is told. */
function noted({ note: told }: Shown, page: Page): Html {
  const { level = 'critical', title = '', text = '', english } = told ?? {};
  const shown = english ? message(text, page) : text;
  return html`<div data-note${told === undefined && html` hidden`}>${note(level, title, shown)}</div>`;
}

/** The answer; before there is one, what a script fills. */
function answered(workload: string, given: ShownAnswer | undefined, state: WhatIfState, page: Page): Html {
  const words = wordsOf(page);
  const content = (answer: ShownAnswer) =>
    html`<div class="answer">${comparison(answer, words, page)}${figure(answer.chart, page)}${line(workload, answer.line, page)}</div>`;
  if (given !== undefined) return content(given);
  const { arrived } = state;
  if (typeof arrived === 'string') return nothing;
  return html`<template data-answer>${content(unanswered([arrived.from, arrived.to], words))}</template>`;
}

const unanswered = (
  times: readonly number[],
  { measures, replicas, today, changed }: WhatIfWords,
): ShownAnswer => ({
  ...{ rows: measures.map(() => ['–', '–']), line: '' },
  chart: {
    ...{ id: 'what-if-replicas', title: replicas, times, marks: [] },
    lines: [
      { label: today, tone: 'gate', values: [0, 0], step: true, fill: true },
      { label: changed, tone: 'time', values: [0, 0], step: true },
    ],
    shown: (value, format) => format.count(value),
  } satisfies Chart,
});

function comparison({ rows }: ShownAnswer, { measures, today, changed }: WhatIfWords, { texts }: Page): Html {
  type Row = readonly [string, string, string];
  const lines = rows.map(([now, then], index): Row => [measures[index] ?? '', now, then]);
  const of = (title: string, index: 1 | 2) => ({
    ...{ title, number: true },
    cell: (row: Row) => html`${row[index]}`,
  });
  const names = { title: texts.whatIf.measure, cell: ([name]: Row) => html`${name}` };
  return table(texts.whatIf.title, [names, of(today, 1), of(changed, 2)], lines);
}

function line(workload: string, text: string, { texts, links }: Page): Html {
  const own = texts.whatIf;
  const { repository, branch = 'main', files } = links;
  const file = files?.get(workload);
  const edit =
    repository !== undefined &&
    file !== undefined &&
    html`<p><a href="${new Outside(repository, ['edit', ...branch.split('/'), ...file.split('/')])}" rel="noreferrer">${own.edit}</a> <code>${file}</code></p>`;
  return html`<div class="paste"><h3 id="what-if-line">${own.line}</h3><p><code lang="en" data-line>${text}</code></p>${edit}</div>`;
}
