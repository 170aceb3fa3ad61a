import type { Report, WhatIfFault, WhatIfField } from '@sluice/policy';
import type { Arrived, TooLittle } from '../model/arrivals.ts';
import type { WhatIfState } from '../model/what-if.ts';
import type { Language } from '../text/language.ts';
import { type Chart, chartData, tableRows } from './chart.ts';
import type { Format } from './format.ts';

/** A text and its other grammatical number; `{0}` is the count. */
export interface Counted {
  readonly one: string;
  readonly other: string;
}

/** The words of an answer in one language, with `{0}`, `{1}` for what is computed: the browser has no catalogue. */
export interface WhatIfWords {
  readonly language: Language;
  readonly timeZone: string;
  readonly fields: Readonly<Record<WhatIfField, string>>;
  readonly rules: Readonly<Record<WhatIfFault['rule'], string>>;
  readonly asField: string;
  readonly basis: string;
  readonly jobs: Counted;
  readonly tooLittle: Readonly<Record<TooLittle, string>>;
  readonly faults: Counted;
  readonly faultsText: string;
  readonly refused: string;
  readonly busy: string;
  /** What is compared, in the order of the rows. */
  readonly measures: readonly string[];
  readonly replicas: string;
  /** Of the chart's values: its title and how many there are. */
  readonly caption: string;
  readonly today: string;
  readonly changed: string;
}

/** What a page shows of an answer, as text. */
export interface Shown {
  readonly basis: string;
  /** Beside each field. */
  readonly faults: Readonly<Partial<Record<WhatIfField, readonly string[]>>>;
  /** Why there is no answer. */
  readonly note?: WhatIfNote;
  readonly answer?: ShownAnswer;
}

/** A reason why there is no answer. */
export interface WhatIfNote {
  readonly level: 'attention' | 'critical';
  readonly title: string;
  readonly text: string;
  /** Whether the text is the policy's own, English on every page. */
  readonly english?: true;
}

/** Both policies beside each other. */
export interface ShownAnswer {
  /** Of today and changed, one a measure. */
  readonly rows: readonly (readonly [string, string])[];
  readonly chart: Chart;
  readonly line: string;
}

/** As it is sent from a worker to its page: text alone. */
export interface SentAnswer {
  readonly rows: ShownAnswer['rows'];
  readonly line: string;
  readonly chart: string;
  readonly table: readonly (readonly string[])[];
  readonly caption: string;
}

/** Puts values into the places of a text. */
const filled = (text: string, ...values: readonly string[]): string =>
  text.replace(/\{(\d)\}/g, (place, index: string) => values[Number(index)] ?? place);

const counted = ({ one, other }: Counted, value: number, language: Language, format: Format): string =>
  filled(new Intl.PluralRules(language).select(value) === 'one' ? one : other, format.count(value));

/** An answer in words. The server and the browser make them by this function alone. */
export function shownOf(state: WhatIfState, words: WhatIfWords, format: Format): Shown {
  const { arrived, answer } = state;
  const common = { basis: basisOf(arrived, words, format), faults: {} };
  if (answer === undefined || typeof arrived === 'string') return common;
  if (answer === 'busy') return { ...common, note: { level: 'attention', title: words.busy, text: '' } };
  if ('refused' in answer)
    return {
      ...common,
      note: { level: 'critical', title: words.refused, text: answer.refused, english: true },
    };
  if (!('faults' in answer)) return { ...common, answer: both(answer, arrived, words, format) };
  const title = counted(words.faults, answer.faults.length, words.language, format);
  return {
    ...{ ...common, faults: beside(answer.faults, words, format) },
    note: { level: 'critical', title, text: words.faultsText },
  };
}

function basisOf(arrived: Arrived | TooLittle, words: WhatIfWords, format: Format): string {
  if (typeof arrived === 'string') return words.tooLittle[arrived];
  const jobs = counted(words.jobs, arrived.jobs, words.language, format);
  return filled(words.basis, jobs, format.time(arrived.from), format.time(arrived.to));
}

function beside(faults: readonly WhatIfFault[], words: WhatIfWords, format: Format): Shown['faults'] {
  const texts: Partial<Record<WhatIfField, string[]>> = {};
  for (const { field, rule, limit, other } of faults) {
    const bound = limit === undefined ? '' : format.count(limit);
    const named = other === undefined ? bound : filled(words.asField, bound, words.fields[other]);
    texts[field] = [...(texts[field] ?? []), filled(words.rules[rule], named)];
  }
  return texts;
}

interface Both {
  readonly today: Report;
  readonly changed: Report;
}

function both(
  { today, changed, line }: Both & { readonly line: string },
  arrived: Arrived,
  words: WhatIfWords,
  format: Format,
): ShownAnswer {
  const of = ({ waitP50, waitP99, podSeconds, replicaChanges, residue }: Report): string[] => [
    ...[waitP50, waitP99, podSeconds].map((seconds) => format.duration(seconds)),
    ...[replicaChanges, residue].map((count) => format.count(count)),
  ];
  const [one, two] = [of(today), of(changed)];
  const rows = one.map((value, index): [string, string] => [value, two[index] ?? '']);
  return { rows, line, chart: replicas({ today, changed }, arrived, words) };
}

const MOST_POINTS = 240;

/** The peaks of evenly long parts. */
const thinned = (values: readonly number[], every: number): number[] =>
  Array.from({ length: Math.ceil(values.length / every) }, (_, index) =>
    Math.max(...values.slice(index * every, (index + 1) * every)),
  );

function replicas({ today, changed }: Both, { from }: Arrived, words: WhatIfWords): Chart {
  const { second } = today.series;
  const every = Math.max(1, Math.ceil(second.length / MOST_POINTS));
  const start = Math.floor(from / 1000);
  const of = (report: Report) => ({ values: thinned(report.series.replicas, every), step: true });
  return {
    ...{ id: 'what-if-replicas', title: words.replicas, marks: [] },
    times: second.filter((_, index) => index % every === 0).map((at) => (start + at) * 1000),
    lines: [
      { label: words.today, tone: 'gate', ...of(today), fill: true },
      { label: words.changed, tone: 'time', ...of(changed) },
    ],
    shown: (value, format) => format.count(value),
  };
}

/** An answer as text alone. */
export function sent({ rows, line, chart }: ShownAnswer, words: WhatIfWords, format: Format): SentAnswer {
  const table = tableRows(chart, format);
  const caption = filled(words.caption, chart.title, format.count(table.length));
  return { rows, line, chart: chartData(chart, words), table, caption };
}
