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

export const isRank = (text: string): text is Rank => (ranks as readonly string[]).includes(text);

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
