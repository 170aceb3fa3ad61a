import { titleOf } from '../../manifests/objects.ts';
import { code, html, prose, visible } from '../report/markup.ts';
import { type Block, blocksOf, namesText, type SharedChange, sharedChanges } from './alike.ts';
import type { Difference, ObjectChange } from './compare.ts';
import { rankTitles } from './ranks.ts';
import { type FindingSection, sectionsOf } from './report-text.ts';
import { type Row, rowsOf } from './rows.ts';

/** Characters; a comment on GitHub takes 65536. */
const LIMIT = 60_000;
/** The characters for the tables; details take the rest. */
const TABLES = 30_000;
/** The characters for each section above the tables. */
const SECTION = 10_000;

/** For a pull request: the worst in the headline, a table for environments that share changes, folded details. */
export function markdownReport(difference: Difference): string {
  const { base, head, changes, worst } = difference;
  const notes = (difference.notes ?? []).map((note) => `> ${prose(note)}`);
  const sides = [`${code(base)} → ${code(head)}`, ...notes];
  if (worst === undefined) return `${['## Desired state: nothing changes', ...sides].join('\n\n')}\n`;
  const title = `## Desired state: ${changes.length} changed, at worst **${rankTitles[worst]}**`;
  const shared = sharedChanges(changes);
  const shown = worstThatFit(shared);
  const blocks = blocksOf({ ...difference, changes: shown });
  const details = blocks.flatMap((block) => block.changes.flatMap(detail));
  const rest = shown.length < shared.length ? [counted(shared.slice(shown.length))] : [];
  return visible(
    fitted(
      [title, ...sides, ...sectionsOf(difference).map(findingSection), ...blocks.map(table), ...rest],
      details,
    ),
  );
}

/** Prints as many lines as fit, and counts the rest. */
function findingSection({ title, lines }: FindingSection): string {
  const all = lines.map(({ environments, text }) => `- ${prose(text)} (${prose(namesText(environments))})`);
  const shown = thatFit(all, SECTION, ({ length }) => length);
  const left = all.length - shown.length;
  const more = left > 0 ? [`- _${left} more; \`sluice diff\` shows them_`] : [];
  return [`### ${title}`, '', ...shown, ...more].join('\n');
}

/** The worst objects, which come first, as many as have room. */
const worstThatFit = (changes: readonly SharedChange[]): readonly SharedChange[] =>
  thatFit(changes, TABLES, (change) => line(change).length + (change.environments.length === 1 ? 0 : NAME));

/** Characters for the names of environments that share a change. */
const NAME = 100;

function thatFit<T>(all: readonly T[], characters: number, lengthOf: (one: T) => number): readonly T[] {
  let room = characters;
  const end = all.findIndex((one) => {
    room -= lengthOf(one) + 1;
    return room < 0;
  });
  return end < 0 ? all : all.slice(0, end);
}

/** `_800 more objects: 12 prune, 788 config. ..._` */
function counted(rest: readonly SharedChange[]): string {
  const many = (all: readonly SharedChange[]): number =>
    all.reduce((sum, { environments }) => sum + environments.length, 0);
  const ranks = [...Map.groupBy(rest, ({ rank }) => rank)];
  const counts = ranks.map(([rank, all]) => `${many(all)} ${rankTitles[rank]}`).join(', ');
  return `_${many(rest)} more objects do not fit here: ${counts}. \`sluice diff\` shows them._`;
}

const line = ({ rank, object, reasons }: ObjectChange): string =>
  `| ${rankTitles[rank]} | ${cell(titleOf(object))} | ${prose(reasons.join('; '))} |`;

function table({ title, changes }: Block): string {
  return [
    `### ${prose(title)}`,
    '',
    '| consequence | object | why |',
    '| --- | --- | --- |',
    ...changes.map(line),
  ].join('\n');
}

function detail(change: SharedChange): string[] {
  const rows = rowsOf(change);
  if (rows.length === 0) return [];
  const name = `${namesText(change.environments)}: ${titleOf(change.object)}`;
  const summary = `<summary>${html(name)} (${change.leaves.length})</summary>`;
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
