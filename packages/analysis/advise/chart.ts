import type { Advice } from './advise.ts';
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
  const marks = all.map((outcome) => mark(outcome, advice, x.at(outcome.overIdeal), y.at(waitOf(outcome))));
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

function goal({ objective }: Advice, { at, ticks }: Scale): string {
  const { p99WaitSeconds } = objective;
  if (
    p99WaitSeconds === undefined ||
    p99WaitSeconds < (ticks[0] ?? 0) ||
    p99WaitSeconds > (ticks.at(-1) ?? 0)
  )
    return '';
  const y = round(at(p99WaitSeconds));
  return `<path d="M${FRAME.left} ${y}H${WIDTH - FRAME.right}" stroke="#b00020" stroke-dasharray="6 4" fill="none"/><text x="${WIDTH - FRAME.right}" y="${y - 5}" text-anchor="end" fill="#b00020">objective</text>`;
}

/** Filled where the objective is met; the name of its kind stands beside it, so that no colour is needed. */
function mark(outcome: Outcome, advice: Advice, x: number, y: number): string {
  const met = missesOf(outcome, advice.objective).length === 0;
  const name = outcome === advice.today ? 'today' : outcome.policy.kind;
  const best = outcome === advice.best;
  const anchor = x > WIDTH - 140 ? 'end' : 'start';
  const dx = anchor === 'end' ? -10 : 10;
  const ring = best
    ? `<circle cx="${round(x)}" cy="${round(y)}" r="9" fill="none" stroke="#0b62a4" stroke-width="2"/>`
    : '';
  return `<g><title>${escaped(outcome.line)}</title>${ring}<circle cx="${round(x)}" cy="${round(y)}" r="5" fill="${met ? '#0b62a4' : '#fff'}" stroke="#0b62a4"/><text x="${round(x) + dx}" y="${round(y) + 4}" text-anchor="${anchor}"${best ? ' class="label"' : ''}>${name}${best ? ' (best)' : ''}</text></g>`;
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
<style>text{font:12px sans-serif;fill:#333}.label{font-weight:600}.grid{stroke:#ddd}.head{font-size:14px}</style>
<rect width="100%" height="100%" fill="#fff"/>
<text x="${FRAME.left}" y="24" class="label head">${escaped(title)}</text>
${body}
</svg>
`;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const round = (value: number): number => Math.round(value * 10) / 10;
