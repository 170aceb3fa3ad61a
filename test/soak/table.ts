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

/** Writes the table of a run between the page's marks `<!-- NAME -->` and `<!-- /NAME -->`. */
export function record(name: string, markdown: string): void {
  const page = readFileSync(PAGE, 'utf8');
  const [before, rest] = page.split(`<!-- ${name} -->\n`);
  const [, after] = (rest ?? '').split(`<!-- /${name} -->`);
  if (rest === undefined || after === undefined) throw new Error(`${PAGE} has no marks of '${name}'`);
  writeFileSync(PAGE, `${before}<!-- ${name} -->\n${markdown}\n<!-- /${name} -->${after}`);
}
