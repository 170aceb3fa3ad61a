import { jsonText } from '../../manifests/embedded.ts';
import type { Difference, ObjectChange } from './compare.ts';
import { valuesOf } from './rows.ts';

/** A change, and the environments in which it is the very same. */
export interface SharedChange extends ObjectChange {
  /** The one whose object it holds is the first. */
  readonly environments: readonly string[];
}

/** Each change once, the worst first: environments in which an object is the same before and after share it. */
export function sharedChanges(changes: readonly ObjectChange[]): SharedChange[] {
  const groups = Map.groupBy(changes, keyOf);
  return [...groups.values()].flatMap((all) =>
    all.slice(0, 1).map((first) => ({ ...first, environments: all.map(({ object }) => object.environment) })),
  );
}

/** What is changed, and how; what stays the same of an object may differ. */
function keyOf(change: ObjectChange): string {
  const { object, change: how, rank, reasons, leaves } = change;
  const { application, group, kind, namespace, name } = object;
  const values = leaves.map((leaf) => {
    // Secrets whose values differ are distinguished, though neither value is printed.
    const { before, after } = object.kind === 'Secret' ? leaf : valuesOf(object, leaf);
    return [leaf.path, leaf.rank, leaf.reason, before ?? null, after ?? null];
  });
  return jsonText([application, group, kind, namespace ?? '', name, how, rank, reasons, values]);
}

/** The changes of one set of environments. */
export interface Block {
  /** The title in a report: `local, production (the whole environment is added)`. */
  readonly title: string;
  readonly environments: readonly string[];
  readonly changes: readonly SharedChange[];
}

/** The blocks of a report, the one with the worst change first. */
export function blocksOf({
  changes,
  environmentChanges,
}: Pick<Difference, 'environmentChanges'> & { changes: readonly SharedChange[] }): Block[] {
  const groups = Map.groupBy(changes, ({ environments }) => environments.join('\n'));
  return [...groups.values()].flatMap((all) =>
    all.slice(0, 1).map(({ environments }) => ({
      title: titleFor(environments, environmentChanges),
      environments,
      changes: all,
    })),
  );
}

function titleFor(
  environments: readonly string[],
  environmentChanges: Difference['environmentChanges'],
): string {
  const names = environments.map((name) => {
    const state = environmentChanges.get(name);
    return state === undefined ? name : `${name} (the whole environment is ${state})`;
  });
  return names.length > FEW ? `${names.length} environments: ${names.join(', ')}` : names.join(', ');
}

/** More are counted as well. */
const FEW = 5;

/** Names for a line of a table: all of a few, else the first of them and how many there are. */
export const namesText = (names: readonly string[]): string =>
  names.length > FEW ? `${names.length} environments: ${names.slice(0, FEW).join(', ')} …` : names.join(', ');
