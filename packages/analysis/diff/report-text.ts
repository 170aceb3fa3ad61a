import { titleOf } from '../../manifests/objects.ts';
import { visible } from '../report/markup.ts';
import { breakText } from './breaks.ts';
import type { Difference, ObjectChange } from './compare.ts';
import { rankTitles } from './ranks.ts';
import { type Row, rowsOf } from './rows.ts';

/** For a terminal: a headline, then a block an environment, an object with its leaves below it. */
export function textReport(difference: Difference): string {
  const blocks = environmentsOf(difference).map(([name, changes]) => block(name, changes));
  const notes = (difference.notes ?? []).map((note) => `note: ${note}`);
  const broken = brokenOf(difference).map(
    ({ environments, text }) => `  ${text}  (${environments.join(', ')})`,
  );
  const sections = broken.length === 0 ? [] : [[BROKEN_TITLE, ...broken].join('\n')];
  return visible(`${[[headline(difference), ...notes].join('\n'), ...sections, ...blocks].join('\n\n')}\n`);
}

export const BROKEN_TITLE = 'What no longer works';

/** The same in several environments is told once. */
export function brokenOf({ broken }: Difference): { environments: string[]; text: string }[] {
  return [...Map.groupBy(broken, breakText)].map(([text, all]) => ({
    environments: [...new Set(all.map(({ environment }) => environment))],
    text,
  }));
}

/** `main -> working tree: 3 objects change, at worst: data loss` */
function headline({ base, head, changes, worst }: Difference): string {
  if (worst === undefined) return `${base} -> ${head}: nothing changes`;
  const count = changes.length === 1 ? '1 object changes' : `${changes.length} objects change`;
  return `${base} -> ${head}: ${count}, at worst: ${rankTitles[worst]}`;
}

/** The changes of each environment by its name, the one with the worst first. */
export function environmentsOf({ changes, comings }: Difference): (readonly [string, ObjectChange[]])[] {
  const groups = Map.groupBy(changes, ({ object }) => object.environment);
  return [...groups].map(([name, all]) => {
    const fate = comings.get(name);
    return [fate === undefined ? name : `${name} (the whole environment is ${fate})`, all];
  });
}

function block(environment: string, changes: readonly ObjectChange[]): string {
  const width = Math.max(...changes.map(({ rank }) => rankTitles[rank].length));
  const titleWidth = Math.max(...changes.map(({ object }) => titleOf(object).length));
  const lines = changes.flatMap((change) => [
    `  ${rankTitles[change.rank].padEnd(width)}  ${titleOf(change.object).padEnd(titleWidth)}  ${change.reasons.join('; ')}`,
    ...rowsOf(change).map((row) => `  ${' '.repeat(width)}    ${rowText(row, change)}`),
  ]);
  return [environment, ...lines].join('\n');
}

function rowText({ path, rank, before, after }: Row, change: ObjectChange): string {
  const other = rank === change.rank ? '' : `  (${rankTitles[rank]})`;
  return `${path}: ${before === '' ? 'none' : before} -> ${after === '' ? 'none' : after}${other}`;
}
