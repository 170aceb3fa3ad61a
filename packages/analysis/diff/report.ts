import { jsonText } from '../../manifests/embedded.ts';
import { type DesiredObject, titleOf } from '../../manifests/objects.ts';
import { code, html, prose, visible } from '../report/markup.ts';
import { breakText } from './breaks.ts';
import type { Difference, ObjectChange } from './compare.ts';
import { exposureText } from './exposures.ts';
import { type Row, rankTitles, rowsOf, valuesOf } from './findings.ts';
import { type Block, blocksOf, namesText, type SharedChange, sharedChanges } from './sides.ts';

/**
 * For programs: every changed object with every changed leaf; an absent value has no key. What is the same in several
 * environments is there once, with `environments`; `environment` and `file` are those of the first.
 */
export function jsonReport({ base, head, worst, notes = [], ...rest }: Difference): string {
  const report = {
    ...{ base, head, worst: worst ?? null, notes },
    broken: once(rest.broken, ({ path, why }) => ({ path, why })),
    exposures: once(rest.exposures, ({ who }) => ({ who })),
    changes: sharedChanges(rest.changes).map(changeOf),
  };
  return `${jsonText(report, 2)}\n`;
}

const nameOf = ({ kind, namespace, name }: DesiredObject) => ({ kind, namespace, name });

interface Finding {
  readonly environment: string;
  readonly object: DesiredObject;
}

const once = <T extends Finding>(all: readonly T[], says: (one: T) => object) => {
  const groups = Map.groupBy(all, (one) => jsonText([nameOf(one.object), says(one)]));
  return [...groups.values()].flatMap((same) =>
    same.slice(0, 1).map((first) => ({
      environments: [...new Set(same.map(({ environment }) => environment))],
      ...nameOf(first.object),
      ...says(first),
    })),
  );
};

const changeOf = ({ environments, change, object, rank, reasons, leaves }: SharedChange) => ({
  environment: object.environment,
  environments,
  application: object.application,
  apiVersion: object.apiVersion,
  ...nameOf(object),
  file: object.file,
  change,
  rank,
  reasons,
  leaves: leaves.map((leaf) => ({
    path: leaf.path,
    rank: leaf.rank,
    reason: leaf.reason,
    ...valuesOf(object, leaf),
  })),
});

/** For a terminal: a headline, then a block for environments that share changes, an object with its leaves below it. */
export function textReport(difference: Difference): string {
  const changes = sharedChanges(difference.changes);
  const blocks = blocksOf({ ...difference, changes }).map(block);
  const notes = (difference.notes ?? []).map((note) => `note: ${note}`);
  const sections = sectionsOf(difference).map(({ title, lines }) =>
    [title, ...lines.map(({ environments, text }) => `  ${text}  (${environments.join(', ')})`)].join('\n'),
  );
  return visible(`${[[headline(difference), ...notes].join('\n'), ...sections, ...blocks].join('\n\n')}\n`);
}

/** A section above all objects; the same section in several environments is printed onceInText. */
interface FindingSection {
  readonly title: string;
  readonly lines: readonly { readonly environments: readonly string[]; readonly text: string }[];
}

/** What is lost, what no longer works and who can do more, where there is any. */
const sectionsOf = ({ changes, broken, exposures }: Difference): FindingSection[] =>
  [
    { title: 'What is lost', lines: onceInText(lostIn(changes), lossText) },
    { title: 'What no longer works', lines: onceInText(broken, breakText) },
    { title: 'Who can reach or do more', lines: onceInText(exposures, exposureText) },
  ].filter(({ lines }) => lines.length > 0);

interface Loss {
  readonly environment: string;
  readonly change: ObjectChange;
}

const lostIn = (changes: readonly ObjectChange[]): Loss[] =>
  changes
    .filter(({ rank }) => rank === 'data-loss')
    .map((change) => ({ environment: change.object.environment, change }));

const lossText = ({ change: { object, reasons } }: Loss): string =>
  `${titleOf(object)}: ${reasons.join('; ')}`;

const onceInText = <T extends { readonly environment: string }>(
  all: readonly T[],
  textOf: (one: T) => string,
) =>
  [...Map.groupBy(all, textOf)].map(([text, same]) => ({
    environments: [...new Set(same.map(({ environment }) => environment))],
    text,
  }));

/** `main -> working tree: 3 objects change, at worst: data loss` */
function headline({ base, head, changes, worst }: Difference): string {
  if (worst === undefined) return `${base} -> ${head}: nothing changes`;
  const count = changes.length === 1 ? '1 object changes' : `${changes.length} objects change`;
  return `${base} -> ${head}: ${count}, at worst: ${rankTitles[worst]}`;
}

function block({ title, changes }: Block): string {
  const width = Math.max(...changes.map(({ rank }) => rankTitles[rank].length));
  const titleWidth = Math.max(...changes.map(({ object }) => titleOf(object).length));
  const lines = changes.flatMap((change) => [
    `  ${rankTitles[change.rank].padEnd(width)}  ${titleOf(change.object).padEnd(titleWidth)}  ${change.reasons.join('; ')}`,
    ...rowsOf(change).map((row) => `  ${' '.repeat(width)}    ${rowText(row, change)}`),
  ]);
  return [title, ...lines].join('\n');
}

function rowText({ path, rank, before, after }: Row, change: ObjectChange): string {
  const other = rank === change.rank ? '' : `  (${rankTitles[rank]})`;
  return `${path}: ${before === '' ? 'none' : before} -> ${after === '' ? 'none' : after}${other}`;
}

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
  return [['<details>', summary, '', ...head, ...rows.map(rowMarkdown), '', '</details>'].join('\n')];
}

const rowMarkdown = ({ path, before, after, rank }: Row): string =>
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
