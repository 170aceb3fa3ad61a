import type { LeafChange } from '../../manifests/leaves.ts';
import type { DesiredObject, Snapshot } from '../../manifests/objects.ts';
import type { References } from '../../manifests/references.ts';
import type { Rank } from './ranks.ts';

/** A changed leaf with all that its meaning may depend on. */
export interface Case {
  readonly before: DesiredObject;
  readonly after: DesiredObject;
  readonly leaf: LeafChange;
  readonly references: References;
  /** All objects of both revisions. */
  readonly base: Snapshot;
  readonly head: Snapshot;
  /** Whether the pod template of this workload changes as well. */
  readonly rolls: (workload: DesiredObject) => boolean;
}

/** A line of the tables that rank changed leaves. */
export interface Rule {
  /** Kinds as `placeOf` says them. @default all */
  readonly kinds?: readonly string[];
  /** Dotted beginnings of the leaf's path, '*' for an element of a list. @default every leaf */
  readonly at?: readonly string[];
  readonly when?: (one: Case) => boolean;
  readonly rank: Rank;
  readonly reason: string | ((one: Case) => string);
}
