import { type LeafChange, leafChanges } from '../../manifests/leaves.ts';
import type { DesiredObject, Snapshot } from '../../manifests/objects.ts';
import { References } from '../../manifests/references.ts';
import { placeOf } from '../../manifests/schema.ts';
import { breaksIn } from './breaks.ts';
import { consequenceOf } from './consequences.ts';
import { exposuresIn } from './exposures.ts';
import {
  byRank,
  type Consequence,
  type Findings,
  ofLeaves,
  type Rank,
  ranked,
  reaches,
  worstOf,
} from './findings.ts';
import { additionOf, removalOf, transferOf } from './lifecycle.ts';
import { sidesOf } from './sides.ts';

export type RankedLeaf = LeafChange & Consequence;

/** One object that is not what it was. */
export interface ObjectChange {
  readonly change: 'added' | 'changed' | 'removed';
  /** The object as it is, or as it was before its removal. */
  readonly object: DesiredObject;
  /** The worst of all. */
  readonly rank: Rank;
  /** What it does beyond metadata, the worst first. */
  readonly reasons: readonly string[];
  /** Empty where the whole object was added or removed. */
  readonly leaves: readonly RankedLeaf[];
}

/** All that differs between two desired states. */
export interface Difference extends Findings {
  readonly base: string;
  readonly head: string;
  /** Environments that only one side has. */
  readonly environmentChanges: ReadonlyMap<string, 'added' | 'removed'>;
  /** The worst first. */
  readonly changes: readonly ObjectChange[];
  /** Undefined: nothing changes. */
  readonly worst: Rank | undefined;
  /** What a reader must know of the two sides themselves. @default none */
  readonly notes?: readonly string[];
}

interface Changed {
  readonly before: DesiredObject;
  readonly after: DesiredObject;
  readonly leaves: readonly LeafChange[];
}

/** What turns one revision's desired state into another's. */
export function compare(base: Snapshot, head: Snapshot): Difference {
  const changes = [...removed(base, head), ...changed(base, head), ...added(base, head)];
  const findings = findingsOf(base, head, changes);
  const order = worstFirst(ranked(changes, findings));
  const environmentChanges = environmentChangesOf(base, head);
  const worst = worstOf([...order.map(({ rank }) => rank), ...ranksOf(findings)]);
  return { base: base.label, head: head.label, environmentChanges, ...findings, changes: order, worst };
}

function findingsOf(base: Snapshot, head: Snapshot, changes: readonly ObjectChange[]): Findings {
  const { broken, exposures } = ofLeaves(changes);
  const all = { broken: [...broken], exposures: [...exposures] };
  for (const sides of sidesOf(base, head, new Set(changes.map(({ object }) => object.identity)))) {
    all.broken.push(...breaksIn(sides));
    all.exposures.push(...exposuresIn(sides));
  }
  return all;
}

const ranksOf = ({ broken, exposures }: Findings): Rank[] => [
  ...(broken.length > 0 ? ['broken' as const] : []),
  ...(exposures.length > 0 ? ['exposure' as const] : []),
];

function environmentChangesOf(base: Snapshot, head: Snapshot): Difference['environmentChanges'] {
  const [before, after] = [environmentsIn(base), environmentsIn(head)];
  return new Map([
    ...[...before].filter((name) => !after.has(name)).map((name) => [name, 'removed'] as const),
    ...[...after].filter((name) => !before.has(name)).map((name) => [name, 'added'] as const),
  ]);
}

const environmentsIn = ({ objects }: Snapshot): Set<string> =>
  new Set([...objects.values()].map(({ environment }) => environment));

const removed = (base: Snapshot, head: Snapshot): ObjectChange[] =>
  absentIn(head, base).map((object) => whole('removed', object, removalOf(object, base, head)));

const added = (base: Snapshot, head: Snapshot): ObjectChange[] =>
  absentIn(base, head).map((object) => whole('added', object, additionOf(object)));

const absentIn = (other: Snapshot, { objects }: Snapshot): DesiredObject[] =>
  [...objects.values()].filter(({ identity }) => !other.objects.has(identity));

const whole = (
  change: 'added' | 'removed',
  object: DesiredObject,
  { rank, reason }: Consequence,
): ObjectChange => ({
  change,
  object,
  rank,
  reasons: [reason],
  leaves: [],
});

function changed(base: Snapshot, head: Snapshot): ObjectChange[] {
  const all = [...base.objects.values()].flatMap((before) => changedObject(before, head));
  const rolling = new Set(all.filter(changesTemplate).map(({ after }) => after.identity));
  const references = new References(base, head);
  const rolls = ({ identity }: DesiredObject): boolean => rolling.has(identity);
  return all.flatMap(({ before, after, leaves }) => {
    const ranked = leaves.map((leaf) => ({
      ...leaf,
      ...consequenceOf({ before, after, leaf, references, rolls, base, head }),
    }));
    const move = before.application === after.application ? [] : [moved(before, after, base, head)];
    return summary(after, [...move, ...ranked]);
  });
}

function changedObject(before: DesiredObject, head: Snapshot): Changed[] {
  const after = head.objects.get(before.identity);
  if (after === undefined) return [];
  const leaves = leafChanges(placeOf(before.kind, before.group), before.fields, after.fields);
  // Written down or left to the Application: they are in one namespace, or they would not be one object.
  return [{ before, after, leaves: leaves.filter(({ path }) => path !== 'metadata.namespace') }];
}

const changesTemplate = ({ leaves }: Changed): boolean =>
  leaves.some(({ steps }) => steps[0] === 'spec' && steps[1] === 'template');

function moved(before: DesiredObject, after: DesiredObject, base: Snapshot, head: Snapshot): RankedLeaf {
  const ends = { before: before.application, after: after.application };
  return {
    path: 'application',
    steps: [],
    under: 'application',
    ...ends,
    ...transferOf(before, after, base, head),
  };
}

function summary(object: DesiredObject, leaves: readonly RankedLeaf[]): ObjectChange[] {
  const rank = worstOf(leaves.map((leaf) => leaf.rank));
  if (rank === undefined) return [];
  const relevant = leaves.filter((leaf) => leaf.rank === rank || reaches(leaf.rank, 'config'));
  const reasons = relevant.sort(byRank).map(({ reason }) => reason);
  return [{ change: 'changed', object, rank, reasons: [...new Set(reasons)], leaves }];
}

function worstFirst(changes: readonly ObjectChange[]): ObjectChange[] {
  const key = ({ object }: ObjectChange): string =>
    `${object.environment}/${object.application}/${object.file}`;
  return [...changes].sort((left, right) => byRank(left, right) || (key(left) < key(right) ? -1 : 1));
}
