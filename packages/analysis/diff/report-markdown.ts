import { titleOf } from '../../manifests/objects.ts';
import { code, html, prose, visible } from '../report/markup.ts';
import type { Difference, ObjectChange } from './compare.ts';
import { rankTitles } from './ranks.ts';
import { environmentsOf, type FindingSection, sectionsOf } from './report-text.ts';
import { type Row, rowsOf } from './rows.ts';

/** Characters; a comment on GitHub takes 65536. */
const LIMIT = 60_000;
/** Of them for the tables; details take the rest. */
const TABLES = 45_000;

/** For a pull request: the worst in the headline, a table an environment, folded details. */
export function markdownReport(difference: Difference): string {
  const { base, head, changes, worst } = difference;
  const notes = (difference.notes ?? []).map((note) => `> ${prose(note)}`);
  const sides = [`${code(base)} → ${code(head)}`, ...notes];
  if (worst === undefined) return `${['## Desired state: nothing changes', ...sides].join('\n\n')}\n`;
  const title = `## Desired state: ${changes.length} changed, at worst **${rankTitles[worst]}**`;
  const shown = worstThatFit(changes);
  const environments = environmentsOf({ ...difference, changes: shown });
  const tables = environments.map(([name, all]) => table(name, all));
  const details = environments.flatMap(([name, all]) => all.flatMap((one) => detail(name, one)));
  const rest = shown.length < changes.length ? [counted(changes.slice(shown.length))] : [];
  return visible(
    fitted([title, ...sides, ...sectionsOf(difference).map(findingSection), ...tables, ...rest], details),
  );
}

function findingSection({ title, lines }: FindingSection): string {
  const shown = lines
    .slice(0, MOST_LINES)
    .map(({ environments, text }) => `- ${prose(text)} (${prose(environments.join(', '))})`);
  const more =
    lines.length > shown.length
      ? [`- _${lines.length - shown.length} more; \`sluice diff\` shows them_`]
      : [];
  return [`### ${title}`, '', ...shown, ...more].join('\n');
}

/** As many as a person reads, and as have room. */
const MOST_LINES = 40;

/** The worst objects, which come first, as many as have room. */
function worstThatFit(changes: readonly ObjectChange[]): readonly ObjectChange[] {
  let room = TABLES;
  const end = changes.findIndex((change) => {
    room -= line(change).length + 1;
    return room < 0;
  });
  return end < 0 ? changes : changes.slice(0, end);
}

/** `_800 more objects: 12 prune, 788 config. ..._` */
function counted(rest: readonly ObjectChange[]): string {
  const ranks = [...Map.groupBy(rest, ({ rank }) => rank)];
  const counts = ranks.map(([rank, all]) => `${all.length} ${rankTitles[rank]}`).join(', ');
  return `_${rest.length} more objects do not fit here: ${counts}. \`sluice diff\` shows them._`;
}

const line = ({ rank, object, reasons }: ObjectChange): string =>
  `| ${rankTitles[rank]} | ${cell(titleOf(object))} | ${prose(reasons.join('; '))} |`;

function table(environment: string, changes: readonly ObjectChange[]): string {
  return [
    `### ${prose(environment)}`,
    '',
    '| consequence | object | why |',
    '| --- | --- | --- |',
    ...changes.map(line),
  ].join('\n');
}

function detail(environment: string, change: ObjectChange): string[] {
  const rows = rowsOf(change);
  if (rows.length === 0) return [];
  const summary = `<summary>${html(`${environment}: ${titleOf(change.object)}`)} (${change.leaves.length})</summary>`;
  const head = ['| field | before | after | consequence |', '| --- | --- | --- | --- |'];
  return [['<details>', summary, '', ...head, ...rows.map(rowText), '', '</details>'].join('\n')];
}

const rowText = ({ path, before, after, rank }: Row): string =>
  `| ${cell(path)} | ${cell(before)} | ${cell(after)} | ${rankTitles[rank]} |`;

/** What does not fit is counted instead. */
function fitted(overview: readonly string[], details: readonly string[]): string {
  const parts: string[] = [];
  let length = 0;
  for (const part of [...overview, ...details]) {
    if (length + part.length > LIMIT) break;
    parts.push(part);
    length += part.length + 2;
  }
  const left = overview.length + details.length - parts.length;
  const note = `_${left} more parts do not fit here; \`sluice diff\` shows them._`;
  return `${[...parts, ...(left > 0 ? [note] : [])].join('\n\n')}\n`;
}

const cell = (text: string): string => (text === '' ? '' : code(text));
