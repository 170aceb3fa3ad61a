import { type Outside, unknownOutside, World } from '../../manifests/links/world.ts';
import type { DesiredObject, Snapshot } from '../../manifests/objects.ts';

/** All objects of one environment in both revisions. */
export interface Sides {
  readonly before: World;
  readonly after: World;
  /** Identities of what was added, changed or removed. */
  readonly changed: ReadonlySet<string>;
}

/** The environments in which something changes, by their names. */
export function sidesOf(base: Snapshot, head: Snapshot, changed: ReadonlySet<string>): Sides[] {
  const [olds, news] = [environmentsIn(base), environmentsIn(head)];
  const all = [...new Set([...olds.keys(), ...news.keys()])].sort();
  return all.flatMap((environment) => {
    const [before, after] = [olds.get(environment) ?? [], news.get(environment) ?? []];
    const isTouched = [...before, ...after].some(({ identity }) => changed.has(identity));
    const outside = outsideOf([...before, ...after]);
    return isTouched
      ? [{ before: new World(before, outside), after: new World(after, outside), changed }]
      : [];
  });
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
