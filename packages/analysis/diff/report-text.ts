import { titleOf } from '../../manifests/objects.ts';
import { visible } from '../report/markup.ts';
import { type Block, blocksOf, sharedChanges } from './alike.ts';
import { breakText } from './breaks.ts';
import type { Difference, ObjectChange } from './compare.ts';
import { exposureText } from './exposures.ts';
import { rankTitles } from './ranks.ts';
import { type Row, rowsOf } from './rows.ts';

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

/** A section above all objects; the same section in several environments is printed once. */
export interface FindingSection {
  readonly title: string;
  readonly lines: readonly { readonly environments: readonly string[]; readonly text: string }[];
}

/** What is lost, what no longer works and who can do more, where there is any. */
export const sectionsOf = ({ changes, broken, exposures }: Difference): FindingSection[] =>
  [
    { title: 'What is lost', lines: once(lostIn(changes), lossText) },
    { title: 'What no longer works', lines: once(broken, breakText) },
    { title: 'Who can reach or do more', lines: once(exposures, exposureText) },
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

const once = <T extends { readonly environment: string }>(all: readonly T[], textOf: (one: T) => string) =>
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
