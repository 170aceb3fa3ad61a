import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Rows in columns: text to the left, numbers to the right. */
export function tableOf(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const isNumber = (column: number): boolean => rows.every((row) => typeof row[column] === 'number');
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return isNumber(column) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return cells.map(line).join('\n');
}

/** The same as Markdown. */
export function markdownOf(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]): string =>
    `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'reference', 'faults.md');

/** What stands between the marks `<!-- NAME -->` and `<!-- /NAME -->` of the page, and around them. */
function marked(name: string): readonly [string, string, string] {
  const page = readFileSync(PAGE, 'utf8');
  const [before = '', rest] = page.split(`<!-- ${name} -->\n`);
  const [within = '', after] = (rest ?? '').split(`<!-- /${name} -->`);
  if (rest === undefined || after === undefined) throw new Error(`${PAGE} has no marks of '${name}'`);
  return [before, within, after];
}

/** Writes the table of a run between the page's marks `<!-- NAME -->` and `<!-- /NAME -->`. */
export function record(name: string, markdown: string): void {
  const [before, , after] = marked(name);
  writeFileSync(PAGE, `${before}<!-- ${name} -->\n${markdown}\n<!-- /${name} -->${after}`);
}

/**
 * The rows that were recorded last, those of this run in their place: a part of a table (`-t`) is recorded without the
 * rest. @param order the first cells of all rows
 */
export const withRecorded = (
  name: string,
  order: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): (readonly (string | number)[])[] => {
  const recorded = marked(name)[1]
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
    .map((line) => line.slice(2, -2).split(' | '));
  return order.flatMap((first) => {
    const row = [...rows, ...recorded].find(([cell]) => cell === first);
    return row === undefined ? [] : [row];
  });
};
