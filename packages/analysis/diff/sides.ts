import { type Outside, unknownOutside, World } from '../../manifests/links/world.ts';
import type { DesiredObject, Snapshot } from '../../manifests/objects.ts';

/** All objects of one environment in both revisions. */
export interface Sides {
  readonly before: World;
  readonly after: World;
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
    yield { before: new World(before, outside), after: new World(after, outside), changed };
  }
}

const environmentsIn = ({ objects }: Snapshot): Map<string, DesiredObject[]> =>
  Map.groupBy(objects.values(), ({ environment }) => environment);

/** A variable that names a Service of either revision means it. */
const outsideOf = (objects: readonly DesiredObject[]): Outside => ({
  ...unknownOutside,
  services: new Set(
    objects.filter(({ kind }) => kind === 'Service').map(({ namespace, name }) => `${namespace}/${name}`),
  ),
});
