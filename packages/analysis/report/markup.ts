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
