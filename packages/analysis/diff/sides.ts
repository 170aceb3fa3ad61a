import { jsonText } from '../../manifests/embedded.ts';
import {
  type ExternalResources,
  ObjectIndex,
  type PremadeSecret,
  unknownExternalResources,
} from '../../manifests/links/object-index.ts';
import { type DesiredObject, type Snapshot, valueAt } from '../../manifests/objects.ts';
import { listAt } from '../../manifests/references.ts';
import type { Difference, ObjectChange } from './compare.ts';
import { valuesOf } from './findings.ts';

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

/** All objects of one environment in both revisions. */
export interface Sides {
  readonly before: ObjectIndex;
  readonly after: ObjectIndex;
  /** Identities of what was added, changed or removed. */
  readonly changed: ReadonlySet<string>;
}

/** The environments in which something changes, by their names; one at a time, as each needs memory. */
export function* sidesOf(base: Snapshot, head: Snapshot, changed: ReadonlySet<string>): Generator<Sides> {
  const [olds, news] = [environmentsIn(base), environmentsIn(head)];
  const all = [...new Set([...olds.keys(), ...news.keys()])].sort();
  for (const environment of all) {
    const [before, after] = [olds.get(environment) ?? [], news.get(environment) ?? []];
    if (![...before, ...after].some(({ identity }) => changed.has(identity))) continue;
    const outside = outsideOf([...before, ...after]);
    yield { before: new ObjectIndex(before, outside), after: new ObjectIndex(after, outside), changed };
  }
}

const environmentsIn = ({ objects }: Snapshot): Map<string, DesiredObject[]> =>
  Map.groupBy(objects.values(), ({ environment }) => environment);

/** A variable that names a Service of either revision means it. */
const outsideOf = (objects: readonly DesiredObject[]): ExternalResources => ({
  ...unknownExternalResources,
  secrets: orphanedSecrets(objects),
  services: new Set(
    objects.filter(({ kind }) => kind === 'Service').map(({ namespace, name }) => `${namespace}/${name}`),
  ),
});

/** Secrets that stay where the ExternalSecret that made them goes. */
const orphanedSecrets = (objects: readonly DesiredObject[]): PremadeSecret[] =>
  objects
    .filter(
      ({ kind, fields }) =>
        kind === 'ExternalSecret' && valueAt(fields, ['spec', 'target', 'creationPolicy']) === 'Orphan',
    )
    .map(({ namespace = '', name, fields }) => ({
      namespace,
      name: String(valueAt(fields, ['spec', 'target', 'name']) ?? name),
      keys: undefined,
    }));

/** A claim, or claims of a StatefulSet, whose StorageClass a change removes. */
export interface Classless {
  readonly object: DesiredObject;
  readonly why: string;
  readonly causes: readonly string[];
}

/**
 * A class that dist/ never had is the cloud's. Bound claims keep their volumes, new ones get none.
 * @see https://kubernetes.io/docs/concepts/storage/storage-classes/
 */
export function classlessIn({ before, after }: Sides): Classless[] {
  const left = new Set(after.ofKind('StorageClass').map(({ name }) => name));
  const gone = before.ofKind('StorageClass').filter(({ name }) => !left.has(name));
  if (gone.length === 0) return [];
  return after.objects.flatMap((object) =>
    gone
      .filter(({ name }) => classesOf(object).includes(name))
      .map(({ identity, name }) => ({
        object,
        why: `gets its storage from: StorageClass ${name} is not there, and new claims wait for it`,
        causes: [identity],
      })),
  );
}

function classesOf({ kind, fields }: DesiredObject): unknown[] {
  const claims =
    kind === 'PersistentVolumeClaim' ? [fields] : listAt(fields, ['spec', 'volumeClaimTemplates']);
  return claims.map((claim) => valueAt(claim, ['spec', 'storageClassName']));
}
