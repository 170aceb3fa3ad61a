import { jsonText } from '../../manifests/embedded.ts';
import type { DesiredObject } from '../../manifests/objects.ts';
import { type SharedChange, sharedChanges } from './alike.ts';
import type { Difference } from './compare.ts';
import { valuesOf } from './rows.ts';

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
