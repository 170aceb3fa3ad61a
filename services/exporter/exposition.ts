import type { Family } from './mapping.ts';
import type { Series } from './series.ts';

/** Prometheus' text format. @see https://prometheus.io/docs/instrumenting/exposition_formats/ */
export const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Large enough to be few writes, small enough to hold little: characters. */
const CHUNK = 65_536;

export const escapeLabel = (text: string): string =>
  /[\\"\n]/.test(text) ? text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n') : text;

const escapeHelp = (text: string): string => text.replace(/\\/g, '\\\\').replace(/\n/g, '\\n');

/**
 * The text of all series, family by family, in chunks: whole it could be larger than all that it is made of.
 * @param groups Series of one target each, in the order of the families
 */
export function* exposition(
  families: readonly Family[],
  groups: readonly (readonly Series[])[],
): Generator<string> {
  const cursors = new Uint32Array(groups.length);
  let chunk = '';
  for (const [index, { name, type, help }] of families.entries()) {
    let header = `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`;
    for (const [group, series] of groups.entries()) {
      const lines = linesOf(series, cursors, group, index);
      if (lines === '') continue;
      chunk += header + lines;
      header = '';
      if (chunk.length < CHUNK) continue;
      yield chunk;
      chunk = '';
    }
  }
  if (chunk !== '') yield chunk;
}

function linesOf(series: readonly Series[], cursors: Uint32Array, group: number, family: number): string {
  let lines = '';
  let cursor = cursors[group] ?? 0;
  for (let next = series[cursor]; next?.family === family; next = series[cursor]) {
    lines += `${next.id} ${next.value}\n`;
    cursor += 1;
  }
  cursors[group] = cursor;
  return lines;
}
