import { type Box, COLORS, clipped, label, type PanelData, round } from './draw-kit.ts';
import type { LogLine } from './picture.ts';
import { formatted } from './units.ts';

/** The newest value of each series, in large digits. */
export function drawStat({ panel, series }: PanelData, inner: Box): string {
  const { unit, decimals, thresholds, mappings = [] } = panel.fieldConfig.defaults;
  const width = inner.w / series.length;
  const hasColor = panel.options.colorMode === 'background';
  const values = series.map(({ name, samples }, index) => {
    const value = samples.at(-1)?.[1] ?? Number.NaN;
    const text = mappings[0]?.options[String(value)]?.text ?? formatted(value, unit, decimals);
    const step = thresholds.steps.findLast((one) => one.value === null || value >= one.value);
    const color = COLORS[step?.color ?? 'green'] ?? '#73bf69';
    const x = inner.x + index * width;
    const size = Math.min(30, inner.h * 0.62, (width / Math.max(3, text.length)) * 1.7);
    const several = series.length > 1;
    return [
      hasColor
        ? `<rect x="${round(x + 1)}" y="${inner.y}" width="${round(width - 2)}" height="${inner.h}" rx="3" fill="${color}" fill-opacity="0.85"/>`
        : '',
      label(x + width / 2, inner.y + inner.h / 2 + size / 3 - (several ? 5 : 0), text, {
        ...{ size: round(size), anchor: 'middle', color: '#1f2328', bold: true },
      }),
      several
        ? label(x + width / 2, inner.y + inner.h - 5, clipped(name, width, 10), {
            anchor: 'middle',
            size: 10,
            color: '#1f2328',
          })
        : '',
    ].join('');
  });
  return values.join('');
}

const ROW = 19;

/** The newest values as rows, those that fit. */
export function drawTable({ panel, series }: PanelData, { x, y, w, h }: Box): string {
  const organize = panel.transformations?.find(({ id }) => id === 'organize')?.options as
    | {
        readonly renameByName: Readonly<Record<string, string>>;
        readonly indexByName: Readonly<Record<string, number>>;
      }
    | undefined;
  const places = organize?.indexByName ?? {};
  const headings = Object.entries(organize?.renameByName ?? {}).sort(
    ([one], [other]) => (places[one] ?? 0) - (places[other] ?? 0),
  );
  const labels = headings.filter(([name]) => !name.startsWith('Value'));
  const values = headings.filter(([name]) => name.startsWith('Value'));
  const { unit, decimals } = panel.fieldConfig.defaults;
  const rows = new Map<string, Map<number, number>>();
  for (const { labels: own, query, samples } of series) {
    const key = JSON.stringify(labels.map(([name]) => own[name] ?? ''));
    const cells = rows.get(key) ?? new Map<number, number>();
    cells.set(query, samples.at(-1)?.[1] ?? Number.NaN);
    rows.set(key, cells);
  }
  const shown = [...rows].sort(([one], [other]) => (one < other ? -1 : 1));
  const room = Math.max(1, Math.floor(h / ROW) - 1);
  const fitting = shown.length > room ? shown.slice(0, room - 1) : shown;
  const width = w / headings.length;
  const line = (top: number, cells: readonly string[], bold: boolean): string => {
    const style = { bold, color: bold ? '#24292e' : '#3d4148' };
    const texts = cells.map((cell, index) =>
      label(x + index * width, top, clipped(cell, width - 10, bold ? 12 : 11), style),
    );
    return `${texts.join('')}<path d="M${x} ${top + 5}h${w}" stroke="#ebedf0"/>`;
  };
  const more = shown.length - fitting.length;
  return [
    line(
      y + 10,
      headings.map(([, heading]) => heading),
      true,
    ),
    ...fitting.map(([key, cells], index) =>
      line(
        y + 10 + (index + 1) * ROW,
        [
          ...(JSON.parse(key) as string[]),
          ...values.map((_, query) => {
            const value = cells.get(query);
            return value === undefined ? '' : formatted(value, unit, decimals);
          }),
        ],
        false,
      ),
    ),
    more > 0 ? label(x, y + 10 + (fitting.length + 1) * ROW, `and ${more} more`, { color: '#8b8e96' }) : '',
  ].join('');
}

/** The newest lines that fit, each with its time. */
export function drawLog(lines: readonly LogLine[], { x, y, w, h }: Box): string {
  return lines
    .slice(0, Math.floor(h / ROW))
    .map(({ at, text }, index) => {
      const top = y + 10 + index * ROW;
      const time = new Date(at * 1000).toISOString().slice(11, 23);
      return `${label(x, top, time, { size: 10.5, color: '#8b8e96' })}${label(x + 86, top, clipped(text, w - 86, 10.5), { size: 10.5, color: '#3d4148' })}`;
    })
    .join('');
}
