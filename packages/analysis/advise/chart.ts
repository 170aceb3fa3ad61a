import type { Advice } from './advise.ts';
import { type Box, boxOf, type Placed, placeLabels } from './labels.ts';
import { missesOf, type Outcome } from './outcome.ts';

const WIDTH = 860;
const HEIGHT = 470;
const FRAME = { left: 64, right: 24, top: 60, bottom: 60 } as const;

/** The front as one SVG that needs nothing else: wait over pod time, both by their logarithm. */
export function chartOf(advice: Advice, title: string): string {
  const all = [...advice.front, ...(advice.today === undefined ? [] : [advice.today])].filter(
    ({ overIdeal }) => Number.isFinite(overIdeal),
  );
  const x = scale(
    all.map(({ overIdeal }) => overIdeal),
    FRAME.left,
    WIDTH - FRAME.right,
  );
  const y = scale(all.map(waitOf), HEIGHT - FRAME.bottom, FRAME.top);
  const marks = marksOf(all, advice, x, y);
  return document(title, sentence(advice), [axisX(x), axisY(y), goal(advice, y), ...marks].join('\n'));
}

/** Below a tenth of a second no wait is noticeable, and a logarithm has no zero. */
const waitOf = ({ waitP99 }: Outcome): number => Math.max(0.1, waitP99);

interface Scale {
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

/** 1, 2 and 5 times the powers of ten that enclose the values. */
function scale(values: readonly number[], from: number, to: number): Scale {
  const [least, most] = [Math.min(...values, 1), Math.max(...values, 2)];
  const steps = Array.from({ length: 12 }, (_, power) =>
    [1, 2, 5].map((one) => one * 10 ** (power - 2)),
  ).flat();
  const low = steps.findLast((step) => step <= least) ?? least;
  const high = steps.find((step) => step >= most) ?? most;
  const span = Math.log(high / low);
  return {
    at: (value) => from + ((to - from) * Math.log(value / low)) / span,
    ticks: steps.filter((step) => step >= low && step <= high),
  };
}

const axisX = ({ at, ticks }: Scale): string =>
  [
    ...ticks.map(
      (tick) =>
        `<path d="M${round(at(tick))} ${FRAME.top}V${HEIGHT - FRAME.bottom}" class="grid"/><text x="${round(at(tick))}" y="${HEIGHT - FRAME.bottom + 18}" text-anchor="middle">${tick}</text>`,
    ),
    `<text x="${WIDTH - FRAME.right}" y="${HEIGHT - FRAME.bottom + 38}" text-anchor="end" class="label">pod time, times the pure work</text>`,
  ].join('\n');

const axisY = ({ at, ticks }: Scale): string =>
  [
    ...ticks.map(
      (tick) =>
        `<path d="M${FRAME.left} ${round(at(tick))}H${WIDTH - FRAME.right}" class="grid"/><text x="${FRAME.left - 8}" y="${round(at(tick) + 4)}" text-anchor="end">${tick}</text>`,
    ),
    `<text x="${FRAME.left}" y="${FRAME.top - 12}" class="label">wait p99, seconds</text>`,
  ].join('\n');

/** Where the objective is; undefined where there is none, or outside the picture. */
function goalAt({ objective }: Advice, { at, ticks }: Scale): number | undefined {
  const { p99WaitSeconds: wanted } = objective;
  const isInside = wanted !== undefined && wanted >= (ticks[0] ?? 0) && wanted <= (ticks.at(-1) ?? 0);
  return isInside ? round(at(wanted)) : undefined;
}

/** The line of the objective, and its word at the right. */
function obstaclesOf(advice: Advice, scale: Scale): Box[] {
  const y = goalAt(advice, scale);
  if (y === undefined) return [];
  const right = WIDTH - FRAME.right;
  return [
    { left: FRAME.left, right, top: y - 1, bottom: y + 1 },
    { left: right - 60, right, top: y - 16, bottom: y },
  ];
}

function goal(advice: Advice, scale: Scale): string {
  const y = goalAt(advice, scale);
  if (y === undefined) return '';
  return `<path d="M${FRAME.left} ${y}H${WIDTH - FRAME.right}" stroke="#b00020" stroke-dasharray="6 4" fill="none"/><text x="${WIDTH - FRAME.right}" y="${y - 5}" text-anchor="end" fill="#b00020">objective</text>`;
}

/** The best first, so that its name stands nearest. */
function marksOf(all: readonly Outcome[], advice: Advice, x: Scale, y: Scale): string[] {
  const order = [...all].sort((one, other) => Number(other === advice.best) - Number(one === advice.best));
  const labels = order.map((outcome) => ({
    text: nameOf(outcome, advice),
    x: round(x.at(outcome.overIdeal)),
    y: round(y.at(waitOf(outcome))),
    isBold: outcome === advice.best,
  }));
  const area = {
    left: FRAME.left,
    right: WIDTH - FRAME.right,
    top: FRAME.top,
    bottom: HEIGHT - FRAME.bottom,
  };
  const placed = placeLabels(labels, area, obstaclesOf(advice, y));
  return order.map((outcome, index) => {
    const { x: cx = 0, y: cy = 0 } = labels[index] ?? {};
    return mark(outcome, advice, cx, cy, placed[index]);
  });
}

const nameOf = (outcome: Outcome, { best, today }: Advice): string =>
  `${outcome === today ? 'today' : outcome.policy.kind}${outcome === best ? ' (best)' : ''}`;

/** Filled where the objective is met; the name of its kind stands beside it, so that no colour is needed. */
function mark(outcome: Outcome, advice: Advice, x: number, y: number, label: Placed | undefined): string {
  const met = missesOf(outcome, advice.objective).length === 0;
  const ring =
    outcome === advice.best
      ? `<circle cx="${x}" cy="${y}" r="9" fill="none" stroke="#0b62a4" stroke-width="2"/>`
      : '';
  const circle = `<circle cx="${x}" cy="${y}" r="5" fill="${met ? '#0b62a4' : '#fff'}" stroke="#0b62a4"/>`;
  return `<g><title>${escaped(outcome.line)}</title>${ring}${leader(x, y, label)}${circle}${text(label)}</g>`;
}

/** Without a place a name is left out; it is in the title of its mark and in the description. */
const text = (label: Placed | undefined): string =>
  label === undefined
    ? ''
    : `<text x="${round(label.at.x)}" y="${round(label.at.y)}"${label.isBold ? ' class="label"' : ''}>${label.text}</text>`;

function leader(x: number, y: number, label: Placed | undefined): string {
  if (label?.isFar !== true) return '';
  const { left, right, top, bottom } = boxOf(label);
  const isAbove = bottom < y;
  const end = { x: Math.min(Math.max(x, left), right), y: isAbove ? bottom : top };
  return `<path d="M${x} ${y}L${round(end.x)} ${round(end.y)}" class="leader"/>`;
}

/** For who cannot see the marks. */
const sentence = ({ front, best, today }: Advice): string =>
  [
    ...front.map(
      (outcome) =>
        `${outcome.line}${outcome === best ? ', the best' : ''}: p99 ${outcome.waitP99.toFixed(1)} s at ${outcome.overIdeal.toFixed(2)} times the pure work`,
    ),
    ...(today === undefined
      ? []
      : [`today: p99 ${today.waitP99.toFixed(1)} s at ${today.overIdeal.toFixed(2)} times`]),
  ].join('; ');

const document = (title: string, description: string, body: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-labelledby="title desc">
<title id="title">${escaped(title)}</title>
<desc id="desc">${escaped(description)}</desc>
<style>text{font:12px sans-serif;fill:#333}.label{font-weight:600}.grid{stroke:#ddd}.leader{stroke:#999;fill:none}.head{font-size:14px}</style>
<rect width="100%" height="100%" fill="#fff"/>
<text x="${FRAME.left}" y="24" class="label head">${escaped(title)}</text>
${body}
</svg>
`;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const round = (value: number): number => Math.round(value * 10) / 10;
