import type { DashboardJson } from '../synth/dashboards/schema.ts';

/** A panel of a dashboard's JSON. */
export type PanelJson = Exclude<DashboardJson['panels'][number], { type: 'row' }>;

/** One whose numbers Prometheus has. */
export type MeasuredJson = Exclude<PanelJson, { type: 'logs' }>;

/** A line of a panel, named as its legend says. */
export interface NamedSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Which query it answers, from 0. */
  readonly query: number;
  readonly samples: readonly (readonly [at: number, value: number])[];
}

/** What a panel is drawn of. */
export interface PanelData {
  readonly panel: MeasuredJson;
  readonly series: readonly NamedSeries[];
  /** Epoch seconds of the marks on panels over time. */
  readonly marks: readonly number[];
  readonly start: number;
  readonly end: number;
}

/** A rectangle of the picture, in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** Colours of series, in their order. */
export const PALETTE = [
  '#3274d9',
  '#e0752d',
  '#299c46',
  '#a352cc',
  '#0a9fa8',
  '#c4a000',
  '#8f3bb8',
  '#d6336c',
];
/** Colours by their names. */
export const COLORS: Readonly<Record<string, string>> = {
  green: '#73bf69',
  yellow: '#f2cc0c',
  orange: '#ff9830',
  red: '#e02f44',
  blue: '#5794f2',
  purple: '#a352cc',
};

/** Text that XML takes as it is. */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

interface TextStyle {
  readonly size?: number;
  readonly color?: string;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly bold?: boolean;
}

/** A line of text. */
export function label(x: number, y: number, text: string, style: TextStyle = {}): string {
  const { size = 11, color = '#52545c', anchor = 'start', bold = false } = style;
  const weight = bold ? ' font-weight="600"' : '';
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" fill="${color}" text-anchor="${anchor}"${weight}>${escaped(text)}</text>`;
}

/** A picture needs no more than a tenth of a pixel. */
export const round = (value: number): number => Math.round(value * 10) / 10;

/** What fits into a width, at about half its size a letter. */
export const clipped = (text: string, width: number, size = 11): string => {
  const most = Math.floor(width / (size * 0.54));
  return text.length <= most ? text : `${text.slice(0, Math.max(1, most - 1))}…`;
};
