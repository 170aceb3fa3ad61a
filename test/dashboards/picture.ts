import type { DashboardJson } from '../synth/dashboards/schema.ts';
import { drawPanel } from './draw.ts';
import { type Box, escaped, label, type NamedSeries, type PanelJson } from './draw-kit.ts';
import type { PrometheusReader, Series, Span } from './prometheus.ts';

const COLUMN = 50;
const ROW = 32;
const MARGIN = 12;
const HEAD = 62;

/** A line of a log, at epoch seconds. */
export interface LogLine {
  readonly at: number;
  readonly text: string;
}

/** What a query of log lines finds, the newest first. */
export type LogReader = (query: string) => Promise<readonly LogLine[]>;

/** A dashboard as a picture: every panel with what Prometheus and the log store answer to its queries. */
export async function picture(
  json: DashboardJson,
  reader: PrometheusReader,
  span: Span,
  readLines: LogReader = async () => [],
): Promise<string> {
  for (const variable of json.templating.list)
    if (variable.type === 'query')
      await reader.choose(
        variable.name,
        String((variable as { definition?: unknown }).definition),
        (variable as { includeAll?: unknown }).includeAll === true,
      );
  const marks = await marksOf(json, reader);
  const drawn: string[] = [];
  let top = HEAD;
  for (const section of sectionsOf(json)) {
    drawn.push(label(MARGIN, top + 18, section.title, { size: 14, color: '#24292e', bold: true }));
    let bottom = 0;
    for (const panel of section.panels) {
      const { x, y, w, h } = panel.gridPos;
      const box: Box = {
        ...{ x: MARGIN + x * COLUMN, y: top + 26 + (y - section.top) * ROW },
        ...{ w: w * COLUMN - 8, h: h * ROW - 8 },
      };
      const series = await seriesOf(panel, reader);
      const lines = await linesOf(panel, span, readLines);
      drawn.push(drawPanel(panel, { series, lines, marks, start: span.start, end: span.end }, box));
      bottom = Math.max(bottom, y - section.top + h);
    }
    top += 26 + bottom * ROW + 8;
  }
  return page(json, reader, span, { drawn, height: top + 6 });
}

interface Section {
  readonly title: string;
  readonly top: number;
  readonly panels: readonly PanelJson[];
}

/** Panels below their heading: Grafana closes the gap up to the next one. */
function sectionsOf({ panels }: DashboardJson): Section[] {
  const heads = panels.filter((panel) => panel.type === 'row');
  return heads.map((head, index) => {
    const next = heads[index + 1]?.gridPos.y ?? Number.POSITIVE_INFINITY;
    const top = head.gridPos.y + 1;
    const own = panels.filter((panel) => panel.gridPos.y >= top && panel.gridPos.y < next);
    return {
      title: head.title,
      top,
      panels: own.filter((panel): panel is PanelJson => panel.type !== 'row'),
    };
  });
}

function page(
  { title, description }: DashboardJson,
  reader: PrometheusReader,
  { start, end }: Span,
  { drawn, height }: { readonly drawn: readonly string[]; readonly height: number },
): string {
  const width = 24 * COLUMN + 2 * MARGIN - 8;
  const chosen = Object.entries(reader.variables)
    .map(([name, value]) => `${name} ${value === '.*' ? 'all' : value}`)
    .join('   ');
  const time = `${isoOf(start)} to ${isoOf(end).slice(11)} UTC`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="Inter, Helvetica, Arial, sans-serif">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#f4f5f5"/>`,
    label(MARGIN, 26, title, { size: 19, color: '#1f2328', bold: true }),
    label(width - MARGIN, 26, time, { anchor: 'end' }),
    label(MARGIN, 46, description),
    label(width - MARGIN, 46, chosen, { anchor: 'end' }),
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

const isoOf = (seconds: number): string =>
  new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');

async function seriesOf(panel: PanelJson, reader: PrometheusReader): Promise<NamedSeries[]> {
  if (panel.type === 'logs') return [];
  const answers = await Promise.all(
    panel.targets.map(({ expr, instant = false }) => (instant ? reader.instant(expr) : reader.range(expr))),
  );
  return answers.flatMap((answer, query) =>
    answer
      .map(({ labels, samples }) => ({
        ...{ labels, samples, query },
        name: legendOf(panel.targets[query]?.legendFormat, labels),
      }))
      .sort((one, other) => (one.name < other.name ? -1 : 1)),
  );
}

/** Of the span that the picture shows: a store answers with what it has. */
async function linesOf(panel: PanelJson, { start, end }: Span, readLines: LogReader): Promise<LogLine[]> {
  if (panel.type !== 'logs') return [];
  const answers = await Promise.all(panel.targets.map(({ expr }) => readLines(expr)));
  return answers.flat().filter(({ at }) => at >= start && at <= end);
}

const legendOf = (format = '', labels: Series['labels']): string =>
  format.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => labels[name] ?? '');

/** Where an annotation begins: results in a row are one. */
async function marksOf({ annotations }: DashboardJson, reader: PrometheusReader): Promise<number[]> {
  const answers = await Promise.all(annotations.list.map(({ expr }) => reader.range(expr)));
  return answers.flat().flatMap(({ samples }) => {
    const times = samples.map(([at]) => at);
    return times.filter((at, index) => index === 0 || at - (times[index - 1] ?? 0) > 20);
  });
}
