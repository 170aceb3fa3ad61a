import type { Format } from './format.ts';
import { type Html, html } from './html.ts';
import type { Page } from './page.ts';

/** One line of a chart. */
export interface ChartLine {
  readonly label: string;
  /** Its colour: a token of the style sheet. */
  readonly tone: 'water' | 'deep' | 'gate' | 'time';
  readonly values: readonly (number | null)[];
  /** A count that holds until it changes. */
  readonly step?: boolean;
  readonly fill?: boolean;
}

/** A chart as data: a picture without JavaScript, an interactive one with it, and a table of the same values. */
export interface Chart {
  readonly id: string;
  readonly title: string;
  /** Epoch milliseconds, ascending, as long as each line. */
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
  /** Instants of decisions. */
  readonly marks: readonly number[];
  /** A value that is not to be exceeded. */
  readonly target?: number;
  readonly shown: (value: number, format: Format) => string;
}

const WIDTH = 600;
const HEIGHT = 150;
const TABLE_ROWS = 24;

/** A chart with its title, its legend and its table. */
export function figure(chart: Chart, page: Page): Html {
  const { id, title, times } = chart;
  const { texts } = page;
  if (times.length < 2)
    return html`<figure class="chart"><figcaption>${title}</figcaption><p class="chart-empty">${texts.noSamples}</p></figure>`;
  return html`<figure class="chart" data-chart="${chartData(chart, page)}">
<figcaption><span>${title}</span>${legend(chart)}</figcaption>
<div class="plot">${picture(chart, page)}</div>
${table(id, chart, page)}
</figure>`;
}

const legend = ({ lines }: Chart): Html =>
  lines.length < 2
    ? html``
    : html`<span class="legend">${lines.map(({ label, tone }) => html`<span class="key tone-${tone}">${label}</span>`)}</span>`;

/** What charts.js draws from; it is text in an attribute, and escaped as such. */
export function chartData(
  { title, times, lines, marks, target }: Chart,
  { timeZone, language }: Pick<Page, 'timeZone' | 'language'>,
): string {
  // Four digits are more than a chart shows, of a hundredth of a core too.
  const rounded = (value: number | null) => (value === null ? null : Number(value.toPrecision(4)));
  return JSON.stringify({
    ...{ title, timeZone, language },
    times: times.map((at) => Math.round(at / 100) / 10),
    lines: lines.map(({ values, ...line }) => ({ ...line, values: values.map(rounded) })),
    marks: marks.map((at) => Math.round(at / 100) / 10),
    ...(target !== undefined && { target }),
  });
}

/** The upper end of the axis: a number that is easily halved; 1 where nothing is above 0. */
export function roundTop(highest: number): number {
  if (!(highest > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(highest));
  return ([1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((step) => step * power >= highest) ?? 10) * power;
}

function picture(chart: Chart, { format }: Page): Html {
  const { times, lines, marks, shown } = chart;
  const [first = 0, last = 1] = [times[0], times.at(-1)];
  const top = roundTop(Math.max(...lines.flatMap(({ values }) => values.map((value) => value ?? 0))));
  const x = (at: number) => ((at - first) / Math.max(1, last - first)) * WIDTH;
  const y = (value: number) => HEIGHT - (value / top) * (HEIGHT - 4) - 1;
  const visible = marks.filter((at) => at >= first && at <= last);
  return html`<div class="picture" aria-hidden="true"><span class="axis-top">${shown(top, format)}</span><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" focusable="false">
<path class="grid" d="M0 1H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}M0 ${HEIGHT - 1}H${WIDTH}"/>
${visible.map((at) => html`<path class="mark-line" d="M${round(x(at))} 0V${HEIGHT}"/>`)}
${lines.map((line) => pathsOf(line, times, x, y))}
</svg><span class="axis-from">${format.clock(first)}</span><span class="axis-to">${format.time(last)}</span></div>`;
}

type Scale = (value: number) => number;
const round = (value: number): number => Math.round(value * 10) / 10;

function pathsOf(
  { values, tone, step, fill }: ChartLine,
  times: readonly number[],
  x: Scale,
  y: Scale,
): Html {
  const parts: string[] = [];
  let open = false;
  let area = '';
  values.forEach((value, index) => {
    const at = round(x(times[index] ?? 0));
    if (value === null) {
      open = false;
      return;
    }
    if (!open) parts.push(`M${at} ${round(y(value))}`);
    else if (step) parts.push(`H${at}V${round(y(value))}`);
    else parts.push(`L${at} ${round(y(value))}`);
    open = true;
  });
  const whole = values.every((value) => value !== null);
  if (fill && whole) area = `${parts.join('')}V${y(0)}H0Z`;
  return html`${area !== '' && html`<path class="area tone-${tone}" d="${area}"/>`}<path class="line tone-${tone}" d="${parts.join('')}"/>`;
}

/** Instants with the value of each line, evenly spaced, the newest first. */
export function tableRows({ times, lines, shown }: Chart, format: Format): (readonly string[])[] {
  const every = Math.max(1, Math.ceil(times.length / TABLE_ROWS));
  const cell = (value: number | null | undefined) =>
    value === null || value === undefined ? '–' : shown(value, format);
  return times
    .map((at, index) => ({ at, index }))
    .filter(({ index }) => (times.length - 1 - index) % every === 0)
    .reverse()
    .map(({ at, index }) => [format.clock(at), ...lines.map(({ values }) => cell(values[index]))]);
}

/** The same values for who reads no picture. */
function table(id: string, chart: Chart, { texts, format }: Page): Html {
  const { title, times, lines } = chart;
  const rows = tableRows(chart, format);
  const zone = format.zone(times.at(-1) ?? 0);
  return html`<details id="${id}-table"><summary>${texts.showTable}</summary><div class="table-wrap" tabindex="0" role="region" aria-label="${title}"><table>
<caption>${texts.tableCaption(title, format.count(rows.length))}</caption>
<thead><tr><th scope="col">${texts.time} (${zone})</th>${lines.map(({ label }) => html`<th scope="col" class="number">${label}</th>`)}</tr></thead>
<tbody>${rows.map(([at, ...values]) => html`<tr><th scope="row">${at}</th>${values.map((value) => html`<td class="number">${value}</td>`)}</tr>`)}</tbody></table></div></details>`;
}

/** A small picture of a line's shape, without numbers. */
export function sparkline(values: readonly number[]): Html {
  const shown = values.slice(-120);
  if (shown.length < 2)
    return html`<svg class="spark" viewBox="0 0 120 32" aria-hidden="true" focusable="false"></svg>`;
  const top = Math.max(1, ...shown);
  const points = shown.map(
    (value, index) => `${round((index / (shown.length - 1)) * 120)} ${round(31 - (value / top) * 29)}`,
  );
  const line = `M${points.join('L')}`;
  return html`<svg class="spark" viewBox="0 0 120 32" preserveAspectRatio="none" aria-hidden="true" focusable="false"><path class="area" d="${line}V32H0Z"/><path class="line" d="${line}"/></svg>`;
}

/** A share of a whole as a bar. @param share 0 to 1, more is cut */
export const bar = (share: number, level: string): Html =>
  html`<svg class="bar" data-level="${level}" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect class="bar-track" width="100" height="6" rx="0"/><rect class="bar-fill" width="${round(Math.min(1, Math.max(0, share)) * 100)}" height="6"/></svg>`;

/** Replicas as gates: those that are open are filled. Of more than 60 only the share is shown. */
export function gates(open: number, most: number): Html {
  if (most < 1) return html``;
  if (most > 60) return bar(open / most, 'ok');
  const cells = Array.from({ length: most }, (_, index) => index);
  return html`<svg class="gates" viewBox="0 0 ${most * 4 - 1} 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">${cells.map((index) => html`<rect class="${index < open ? 'gate open' : 'gate'}" x="${index * 4}" width="3" height="10"/>`)}</svg>`;
}
