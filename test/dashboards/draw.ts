import { type Box, clipped, label, type PanelData, type PanelJson } from './draw-kit.ts';
import { drawLines } from './draw-lines.ts';
import { drawLog, drawStat, drawTable } from './draw-values.ts';
import type { LogLine } from './picture.ts';

/** What a panel shows: numbers of Prometheus, or lines of a log store. */
type Shown = Omit<PanelData, 'panel'> & { readonly lines: readonly LogLine[] };

/** One panel: its frame and title, and what its kind shows. */
export function drawPanel(panel: PanelJson, data: Shown, box: Box): string {
  const { series, lines } = data;
  const frame = `<rect x="${box.x}" y="${box.y}" width="${box.w}" height="${box.h}" rx="3" fill="#fff" stroke="#d8dade"/>`;
  const title = label(box.x + 10, box.y + 18, clipped(panel.title, box.w - 20, 12.5), {
    ...{ size: 12.5, color: '#24292e', bold: true },
  });
  const inner = { x: box.x + 10, y: box.y + 26, w: box.w - 20, h: box.h - 34 };
  if (panel.type === 'logs' && lines.length > 0) return [frame, title, drawLog(lines, inner)].join('');
  if (panel.type === 'logs' || series.every(({ samples }) => samples.length === 0))
    return [frame, title, drawNothing(panel.fieldConfig.defaults.noValue, inner)].join('');
  if (panel.type === 'timeseries') return [frame, title, drawLines({ ...data, panel }, inner)].join('');
  if (panel.type === 'stat') return [frame, title, drawStat({ ...data, panel }, inner)].join('');
  return [frame, title, drawTable({ ...data, panel }, inner)].join('');
}

/** The text of the panel for the absence of data, in lines that fit. */
function drawNothing(text: string, { x, y, w, h }: Box): string {
  const lines = text.split(' ').reduce<string[]>((all, word) => {
    const last = all.at(-1);
    if (last !== undefined && (last.length + word.length + 1) * 6.1 < w)
      all[all.length - 1] = `${last} ${word}`;
    else all.push(word);
    return all;
  }, []);
  const top = y + h / 2 - (lines.length - 1) * 7.5;
  return lines
    .map((line, index) => label(x + w / 2, top + index * 15, line, { anchor: 'middle', color: '#8b8e96' }))
    .join('');
}
