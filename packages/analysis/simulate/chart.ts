import type { Comparison, Side } from './comparison.ts';

const WIDTH = 860;
const HEIGHT = 430;
const LEFT = 56;
const RIGHT = 20;
const PLOT = WIDTH - LEFT - RIGHT;

/** The two panels, from their upper edge to their lower one. */
const BACKLOG: Panel = { top: 64, bottom: 204, label: 'jobs waiting and in work', column: 'backlog' };
const REPLICAS: Panel = { top: 250, bottom: 390, label: 'replicas', column: 'replicas' };

interface Panel {
  readonly top: number;
  readonly bottom: number;
  readonly label: string;
  readonly column: 'backlog' | 'replicas';
}

/** Base is dashed: the two differ without their colours too. */
const LINES = {
  base: 'stroke="#8a6d00" stroke-dasharray="5 3"',
  head: 'stroke="#0b62a4"',
} as const;
type Name = keyof typeof LINES;

/** Backlog and replicas over time, base and head, as one SVG that needs nothing else. */
export function chartOf(comparison: Comparison): string {
  const sides = sidesOf(comparison);
  const ends = sides.map(([, { series }]) => (series.second.at(-1) ?? 0) + series.everySeconds);
  const seconds = Math.max(1, ...ends);
  const panels = [panel(BACKLOG, sides, seconds), panel(REPLICAS, sides, seconds)];
  return document(comparison, [...panels, timeAxis(seconds), legend(sides)]);
}

function sidesOf({ base, head }: Comparison): [Name, Side][] {
  const both: [Name, Side | undefined][] = [
    ['base', base],
    ['head', head],
  ];
  return both.flatMap(([name, side]): [Name, Side][] => (side === undefined ? [] : [[name, side]]));
}

function panel(frame: Panel, sides: readonly [Name, Side][], seconds: number): string {
  const most = Math.max(1, ...sides.flatMap(([, { series }]) => series[frame.column]));
  const { top, bottom, label, column } = frame;
  const step = stepFor(most);
  const ceiling = Math.ceil(most / step) * step;
  const y = (value: number): number => bottom - ((bottom - top) * value) / ceiling;
  const marks = Array.from({ length: ceiling / step + 1 }, (_, index) => index * step);
  const grid = marks.map(
    (mark) =>
      `<path d="M${LEFT} ${round(y(mark))}h${PLOT}" class="grid"/><text x="${LEFT - 8}" y="${round(y(mark) + 4)}" text-anchor="end">${mark}</text>`,
  );
  const lines = sides.map(([name, { series }]) => {
    const at = series.second.map((second) => LEFT + (PLOT * second) / seconds);
    return `<path d="${steps(at, series[column].map(y))}" fill="none" stroke-width="1.6" ${LINES[name]}/>`;
  });
  return [`<text x="${LEFT}" y="${top - 12}" class="label">${label}</text>`, ...grid, ...lines].join('\n');
}

/** A value holds until the next one; equal neighbours are one line. */
function steps(xs: readonly number[], ys: readonly number[]): string {
  const parts = ys.flatMap((y, index) => {
    const x = xs[index] ?? LEFT;
    if (index === 0) return [`M${round(x)} ${round(y)}`];
    return y === ys[index - 1] ? [] : [`H${round(x)}V${round(y)}`];
  });
  return `${parts.join('')}H${LEFT + PLOT}`;
}

/** 1, 2 or 5 times a power of ten: four to eight of them reach the highest value. */
function stepFor(most: number): number {
  const rough = most / 5;
  const power = 10 ** Math.floor(Math.log10(Math.max(rough, 1)));
  return [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough) ?? power;
}

const TIMES: readonly (readonly [number, string])[] = [
  [60, 's'],
  [3600, 'min'],
  [Number.POSITIVE_INFINITY, 'h'],
];
const UNITS: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3600 };

function timeAxis(seconds: number): string {
  const [, unit = 'h'] = TIMES.find(([most]) => seconds / 2 < most) ?? [];
  const size = UNITS[unit] ?? 1;
  const step = stepFor(seconds / size);
  const marks = Array.from({ length: Math.floor(seconds / size / step) + 1 }, (_, index) => index * step);
  const texts = marks.map(
    (mark) =>
      `<text x="${round(LEFT + (PLOT * mark * size) / seconds)}" y="${REPLICAS.bottom + 20}" text-anchor="middle">${mark}</text>`,
  );
  return [
    ...texts,
    `<text x="${LEFT + PLOT}" y="${REPLICAS.bottom + 36}" text-anchor="end">time in ${unit}</text>`,
  ].join('\n');
}

const legend = (sides: readonly [Name, Side][]): string =>
  sides
    .map(([name], index) => {
      const x = WIDTH - RIGHT - 70 * (sides.length - index);
      return `<path d="M${x} 20h24" fill="none" stroke-width="2" ${LINES[name]}/><text x="${x + 30}" y="24">${name}</text>`;
    })
    .join('\n');

function document(comparison: Comparison, parts: readonly string[]): string {
  const { workload, environments, load } = comparison;
  const title = `Workload ${workload} in ${environments.join(', ')}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-labelledby="title desc">
<title id="title">${escaped(title)}</title>
<desc id="desc">${escaped(`Backlog and replicas over time under ${load}. ${sentence(comparison)}`)}</desc>
<style>text{font:12px sans-serif;fill:#333}.label{font-weight:600}.grid{stroke:#ddd}.head{font-size:14px}</style>
<rect width="100%" height="100%" fill="#fff"/>
<text x="${LEFT}" y="24"><tspan class="label head">${escaped(title)}</tspan><tspan dx="10">${escaped(load)}</tspan></text>
${parts.join('\n')}
</svg>
`;
}

/** For who cannot see the lines. */
function sentence(comparison: Comparison): string {
  const told = sidesOf(comparison).map(([name, { report }]) => {
    const peaks = [report.series.backlog, report.series.replicas].map((values) => Math.max(0, ...values));
    return `${name}: at most ${peaks[0]} jobs and ${peaks[1]} replicas, longest wait ${report.waitMax.toFixed(1)} s, ${Math.round(report.podSeconds)} replica-seconds`;
  });
  return `${told.join('; ')}.`;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const round = (value: number): number => Math.round(value * 10) / 10;
