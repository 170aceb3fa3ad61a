import type { LeafChange } from '../../manifests/leaves.ts';
import type { DesiredObject, Snapshot } from '../../manifests/objects.ts';
import type { References } from '../../manifests/references.ts';

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

/** What a change does, from nothing to the worst. The order is the ranking. */
export const ranks = [
  'no-op',
  'metadata',
  'config',
  'scaling',
  'recreate',
  'exposure',
  'prune',
  'broken',
  'data-loss',
] as const;

export type Rank = (typeof ranks)[number];

/** The words of a report. */
export const rankTitles: Readonly<Record<Rank, string>> = {
  'no-op': 'no-op',
  metadata: 'metadata',
  config: 'config',
  scaling: 'scaling behaviour',
  recreate: 'recreate',
  exposure: 'exposure',
  prune: 'prune',
  broken: 'no longer works',
  'data-loss': 'data loss',
};

/** A rank and the sentence that says why. */
export interface Consequence {
  readonly rank: Rank;
  readonly reason: string;
}

/** Whether a text names a rank. */
export const isRank = (text: string): text is Rank => (ranks as readonly string[]).includes(text);

/** Whether a rank is at least as serious as another. */
export const reaches = (rank: Rank, threshold: Rank): boolean =>
  ranks.indexOf(rank) >= ranks.indexOf(threshold);

/** Undefined for none. */
export const worstOf = (all: readonly Rank[]): Rank | undefined =>
  all.reduce<Rank | undefined>(
    (worst, rank) => (worst !== undefined && reaches(worst, rank) ? worst : rank),
    undefined,
  );

/** For sorting: the worst first. */
export const byRank = (left: { readonly rank: Rank }, right: { readonly rank: Rank }): number =>
  ranks.indexOf(right.rank) - ranks.indexOf(left.rank);
