import {
  type ExternalResources,
  ObjectIndex,
  type PremadeSecret,
  unknownExternalResources,
} from '../../manifests/links/object-index.ts';
import { type DesiredObject, type Snapshot, valueAt } from '../../manifests/objects.ts';

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
