import {
  type Box,
  COLORS,
  label,
  type MeasuredJson,
  type NamedSeries,
  PALETTE,
  type PanelData,
  round,
} from './draw-kit.ts';
import { formatted, ticks } from './units.ts';

const LEGEND_LINE = 16;
const MOST_LEGEND_LINES = 3;
/** Half of a time below the axis, and what is to be between two. */
const HALF_TIME = 24;
const TIME_WIDTH = 62;

/** Text beside an axis. */
const turned = (x: number, y: number, text: string): string =>
  `<g transform="translate(${round(x)} ${round(y)}) rotate(-90)">${label(0, 4, text, { anchor: 'middle', size: 10, color: '#8b8e96' })}</g>`;

/** Lines over time with their axes, limits and legend. */
export function drawLines(data: PanelData, { x, y, w, h }: Box): string {
  const { panel, series, start, end, marks } = data;
  const { unit, decimals, custom = {} } = panel.fieldConfig.defaults;
  const shown = series.map((one, index) => ({ ...one, style: styleOf(panel, one.name, index) }));
  const stacked = (custom.stacking as { mode?: string } | undefined)?.mode === 'normal';
  const drawn = stacked ? stack(shown) : shown;
  const legend = legendOf(shown, w);
  const middle = y + (h - 22 - legend.lines * LEGEND_LINE) / 2;
  const axis = typeof custom.axisLabel === 'string' ? turned(x + 2, middle, custom.axisLabel) : '';
  const plot = { x: x + 58, y: y + 4, w: w - 66, h: h - 22 - legend.lines * LEGEND_LINE };
  const values = drawn.flatMap(({ samples }) => samples.map(([, value]) => value)).filter(Number.isFinite);
  const least = typeof custom.axisSoftMax === 'number' ? custom.axisSoftMax : 0;
  const top = Math.max(least, ...values);
  // An axis of nothing but 0 has a size as well.
  const high = (top > 0 ? top : 1) * 1.06;
  const px = (at: number): number => plot.x + ((at - start) / (end - start)) * plot.w;
  const py = (value: number): number => plot.y + plot.h - (Math.min(value, high) / high) * plot.h;
  const grid = ticks(high, unit).map((tick) => axisTick(py(tick), plot, formatted(tick, unit, decimals)));
  const times = timeTicks(start, end, plot.w / TIME_WIDTH)
    // One that would stand below the numbers of the other axis, or beyond the panel, is left out.
    .filter(({ at }) => px(at) - HALF_TIME >= plot.x - 6 && px(at) + HALF_TIME <= plot.x + plot.w + 10)
    .map(({ at, text }) => label(px(at), plot.y + plot.h + 15, text, { anchor: 'middle', size: 10 }));
  const paint = { line: Number(custom.lineWidth ?? 1) * 1.4, area: Number(custom.fillOpacity ?? 8) / 100 };
  const lines = drawn.map((one) => linesOf(one, px, py, paint));
  const annotations = marks.map(
    (at) =>
      `<path d="M${round(px(at))} ${plot.y}V${plot.y + plot.h}" stroke="${COLORS.purple}" stroke-dasharray="2 3"/>`,
  );
  const bounds = custom.thresholdsStyle === undefined ? [] : boundsOf(panel, py, plot, high);
  return [
    axis,
    ...grid,
    ...times,
    ...bounds,
    ...annotations,
    ...lines,
    legend.draw(x + 4, y + h - legend.lines * LEGEND_LINE + 8),
  ].join('');
}

const axisTick = (y: number, plot: Box, text: string): string =>
  `<path d="M${plot.x} ${round(y)}h${plot.w}" stroke="#ebedf0"/>${label(plot.x - 5, y + 3.5, text, { anchor: 'end', size: 10 })}`;

function timeTicks(start: number, end: number, most: number): { at: number; text: string }[] {
  const step =
    [5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600].find((one) => (end - start) / one <= most) ?? 3600;
  const first = Math.ceil(start / step) * step;
  const count = Math.floor((end - first) / step) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) => {
    const at = first + index * step;
    return { at, text: new Date(at * 1000).toISOString().slice(11, step < 60 ? 19 : 16) };
  });
}

interface Style {
  readonly color: string;
  readonly dashed: boolean;
}
type Styled = NamedSeries & { readonly style: Style; readonly base?: ReadonlyMap<number, number> };

function styleOf(panel: MeasuredJson, name: string, index: number): Style {
  const override = panel.fieldConfig.overrides.find(
    ({ matcher }) => matcher.id === 'byName' && matcher.options === name,
  );
  const color = override?.properties.find(({ id }) => id === 'color')?.value as
    | { fixedColor?: string }
    | undefined;
  const fixed = color?.fixedColor === undefined ? undefined : COLORS[color.fixedColor];
  const dashed = override?.properties.some(({ id }) => id === 'custom.lineStyle') ?? false;
  return { color: fixed ?? PALETTE[index % PALETTE.length] ?? '#3274d9', dashed };
}

/** Each series upon the sum of those before it. */
function stack(series: readonly Styled[]): Styled[] {
  const sums = new Map<number, number>();
  return series.map((one) => {
    const base = new Map(sums);
    const samples = one.samples.map(([at, value]) => {
      const sum = (sums.get(at) ?? 0) + (Number.isFinite(value) ? value : 0);
      sums.set(at, sum);
      return [at, sum] as const;
    });
    return { ...one, samples, base };
  });
}

/** A gap of more than three steps is no line. */
function linesOf(
  { samples, style, base }: Styled,
  px: (at: number) => number,
  py: (value: number) => number,
  paint: { readonly line: number; readonly area: number },
): string {
  const known = samples.filter(([, value]) => Number.isFinite(value));
  const steps = known.slice(1).map(([at], index) => at - (known[index]?.[0] ?? at));
  const gap = 3 * Math.min(...steps, Number.POSITIVE_INFINITY);
  const parts = known.reduce<(readonly [number, number])[][]>((all, sample, index) => {
    if (index > 0 && sample[0] - (known[index - 1]?.[0] ?? 0) <= gap) all.at(-1)?.push(sample);
    else all.push([sample]);
    return all;
  }, []);
  const dash = style.dashed ? ' stroke-dasharray="7 5"' : '';
  return parts
    .map((part) => {
      const line = part
        .map(([at, value], index) => `${index === 0 ? 'M' : 'L'}${round(px(at))} ${round(py(value))}`)
        .join('');
      const back = [...part]
        .reverse()
        .map(([at]) => `L${round(px(at))} ${round(py(base?.get(at) ?? 0))}`)
        .join('');
      const area = style.dashed
        ? ''
        : `<path d="${line}${back}Z" fill="${style.color}" fill-opacity="${paint.area}"/>`;
      const [only] = part;
      const dot =
        part.length === 1 && only
          ? `<circle cx="${round(px(only[0]))}" cy="${round(py(only[1]))}" r="1.6" fill="${style.color}"/>`
          : '';
      return `${area}<path d="${line}" fill="none" stroke="${style.color}" stroke-width="${paint.line}"${dash}/>${dot}`;
    })
    .join('');
}

function boundsOf(panel: MeasuredJson, py: (value: number) => number, plot: Box, high: number): string[] {
  return panel.fieldConfig.defaults.thresholds.steps.flatMap(({ value, color }) =>
    value === null || value > high
      ? []
      : [
          `<path d="M${plot.x} ${round(py(value))}h${plot.w}" stroke="${COLORS[color] ?? color}" stroke-dasharray="6 4"/>`,
        ],
  );
}

function legendOf(series: readonly Styled[], width: number) {
  const lines: { readonly x: number; readonly line: number; readonly one: Styled }[] = [];
  let [x, line] = [0, 0];
  for (const one of series) {
    const needed = one.name.length * 6 + 34;
    if (x > 0 && x + needed > width) [x, line] = [0, line + 1];
    lines.push({ x, line, one });
    x += needed;
  }
  const last = MOST_LEGEND_LINES - 1;
  // The last line ends with how many more there are.
  const isCut = line > last;
  const kept = lines.filter(
    (entry) => entry.line < last || (entry.line === last && (!isCut || entry.x === 0)),
  );
  const more = isCut ? lines.length - kept.length : 0;
  const end = kept.at(-1);
  const draw = (left: number, top: number): string =>
    kept
      .map(({ x: at, line: row, one }) => {
        const y = top + row * LEGEND_LINE;
        const dash = one.style.dashed ? ' stroke-dasharray="4 2"' : '';
        return `<path d="M${left + at} ${round(y - 4)}h14" stroke="${one.style.color}" stroke-width="3"${dash}/>${label(left + at + 19, y, one.name)}`;
      })
      .join('') +
    (more > 0 && end !== undefined
      ? label(left + end.x + end.one.name.length * 6 + 34, top + last * LEGEND_LINE, `and ${more} more`, {
          color: '#8b8e96',
        })
      : '');
  return { lines: Math.min(MOST_LEGEND_LINES, line + 1), draw };
}
