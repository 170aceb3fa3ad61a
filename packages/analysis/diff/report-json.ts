import { jsonText } from '../../manifests/json.ts';
import type { Break } from './breaks.ts';
import type { Difference, ObjectChange } from './compare.ts';
import type { Exposure } from './exposures.ts';
import { valuesOf } from './rows.ts';

/** For programs: every changed object with every changed leaf; an absent value has no key. */
export function jsonReport({
  base,
  head,
  worst,
  notes = [],
  broken,
  exposures,
  changes,
}: Difference): string {
  const report = {
    base,
    head,
    worst: worst ?? null,
    notes,
    broken: broken.map(breakOf),
    exposures: exposures.map(exposureOf),
    changes: changes.map(objectOf),
  };
  return `${jsonText(report, 2)}\n`;
}

const breakOf = ({ environment, object, path, why }: Break) => ({
  environment,
  kind: object.kind,
  namespace: object.namespace,
  name: object.name,
  path,
  why,
});

const exposureOf = ({ environment, object, who }: Exposure) => ({
  ...{ environment, kind: object.kind, namespace: object.namespace, name: object.name, who },
});

const objectOf = ({ change, object, rank, reasons, leaves }: ObjectChange) => ({
  environment: object.environment,
  application: object.application,
  apiVersion: object.apiVersion,
  kind: object.kind,
  namespace: object.namespace,
  name: object.name,
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
