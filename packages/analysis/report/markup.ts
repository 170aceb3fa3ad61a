/** A report in which no character of a name or a value moves the cursor or turns the text around. */
export const visible = (report: string): string =>
  report.replace(/[^\P{C}\n]/gu, (one) => `\\u{${(one.codePointAt(0) ?? 0).toString(16)}}`);

/** A code span that no backtick in the text ends and no bar in it splits the table. */
export function code(text: string): string {
  const runs = text.match(/`+/g) ?? [];
  const fence = '`'.repeat(Math.max(0, ...runs.map((run) => run.length)) + 1);
  const pad = runs.length > 0 ? ' ' : '';
  return `${fence}${pad}${text.replaceAll('|', '\\|').replaceAll('\n', ' ')}${pad}${fence}`;
}

/** Text that stays text: no link, no mention, no markup of the names in it. */
export const prose = (text: string): string =>
  html(text)
    .replace(/[\\`*_{}[\]#|~]/g, (one) => `\\${one}`)
    .replaceAll('@', '&#64;');

/** What HTML would read as a tag stays text. */
export const html = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\n', ' ');

/** One part of a report: a table, and what is to be said below it. */
export interface Section {
  readonly title: string;
  readonly head: readonly string[];
  /** Each row has as many cells as the head. */
  readonly rows: readonly (readonly string[])[];
  /** Columns of figures, by their index. @default none */
  readonly right?: readonly number[];
  /** Sentences below the table. @default none */
  readonly notes?: readonly string[];
}

/** For a terminal: aligned columns. */
export const textOf = (title: string, sections: readonly Section[]): string =>
  visible(`${[title, ...sections.map(textSection)].join('\n\n')}\n`);

/** For a pull request. */
export const markdownOf = (title: string, sections: readonly Section[], level = 2): string =>
  visible(
    `${[`${'#'.repeat(level)} ${prose(title)}`, ...sections.map((one) => markdownSection(one, level + 1))].join('\n\n')}\n`,
  );

function textSection({ title, head, rows, right = [], notes = [] }: Section): string {
  const lines = rows.length === 0 ? [] : [head, ...rows];
  const widths = head.map((_, column) => Math.max(0, ...lines.map((line) => line[column]?.length ?? 0)));
  const aligned = lines.map((line) =>
    line
      .map((cell, column) =>
        right.includes(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('   ')
      .trimEnd(),
  );
  return [title, ...[...aligned, ...notes].map((line) => `  ${line}`)].join('\n');
}

function markdownSection({ title, head, rows, right = [], notes = [] }: Section, level: number): string {
  const rule = head.map((_, column) => (right.includes(column) ? '---:' : '---'));
  const table = rows.length === 0 ? [] : [head, rule, ...rows].map(markdownRow);
  const blocks = [table.join('\n'), notes.map((note) => `- ${prose(note)}`).join('\n')];
  return [`${'#'.repeat(level)} ${prose(title)}`, ...blocks.filter((block) => block !== '')].join('\n\n');
}

const markdownRow = (cells: readonly string[], index: number): string =>
  `| ${cells.map((cell) => (index === 1 ? cell : prose(cell))).join(' | ')} |`;
