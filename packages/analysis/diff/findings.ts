import { jsonText } from '../../manifests/embedded.ts';
import type { LeafChange } from '../../manifests/leaves.ts';
import { type DesiredObject, type Snapshot, titleOf } from '../../manifests/objects.ts';
import type { References } from '../../manifests/references.ts';
import type { Break } from './breaks.ts';
import type { ObjectChange, RankedLeaf } from './compare.ts';
import type { Exposure } from './exposures.ts';

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

/** One line of a report's details; what came or went as a whole is one line. */
export interface Row extends Pick<RankedLeaf, 'path' | 'rank' | 'reason'> {
  /** Empty: not there. */
  readonly before: string;
  readonly after: string;
}

const HIDDEN = '(hidden)';
const WIDTH = 72;

/** The changed leaves of an object for people, the worst first. */
export function rowsOf({ object, leaves }: ObjectChange): Row[] {
  const groups = Map.groupBy(leaves, ({ under, rank, reason }) => JSON.stringify([under, rank, reason]));
  const rows = [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    return [group.length === 1 && !isElement(first) ? single(object, first) : folded(object, first, group)];
  });
  return rows.sort(byRank);
}

/** An element of a list came or went as a whole: its only field alone would read as if the element had stayed. */
const isElement = ({ path, under }: RankedLeaf): boolean => under !== path && under.endsWith(']');

function single(object: DesiredObject, leaf: RankedLeaf): Row {
  const { path, rank, reason } = leaf;
  const [before, after] = differingLines(valuesOf(object, leaf));
  return { path, rank, reason, before: shortened(before), after: shortened(after) };
}

function folded(
  object: DesiredObject,
  { under, rank, reason }: RankedLeaf,
  leaves: readonly RankedLeaf[],
): Row {
  const side = (name: 'before' | 'after'): string =>
    leaves
      .filter((leaf) => leaf[name] !== undefined)
      .map((leaf) => `${relative(leaf.path, under)}: ${textOf(valuesOf(object, leaf)[name])}`)
      .join(', ');
  return { path: under, rank, reason, before: shortened(side('before')), after: shortened(side('after')) };
}

const relative = (path: string, under: string): string => path.slice(under.length).replace(/^\./, '');

/** The two values, nothing of a Secret's. */
export function valuesOf(object: DesiredObject, { steps, before, after }: RankedLeaf) {
  if (!isSecret(object, steps)) return { before, after };
  const hidden = (value: unknown): unknown => (value === undefined ? undefined : HIDDEN);
  return { before: hidden(before), after: hidden(after) };
}

/** All but labels, the type and the like: an annotation may hold a copy of the data. */
const isSecret = ({ kind }: DesiredObject, steps: readonly string[]): boolean =>
  kind === 'Secret' &&
  steps.length > 0 &&
  !['apiVersion', 'type', 'immutable'].includes(steps[0] ?? '') &&
  !(steps[0] === 'metadata' && steps[1] === 'labels');

/** Returns only the first lines that differ of two long texts. */
function differingLines({ before, after }: { before: unknown; after: unknown }): [string, string] {
  const long = [before, after].some((value) => typeof value === 'string' && value.trimEnd().includes('\n'));
  if (!long || typeof before !== 'string' || typeof after !== 'string')
    return [textOf(before), textOf(after)];
  const [olds, news] = [before.split('\n'), after.split('\n')];
  const line = olds.findIndex((text, index) => text !== news[index]);
  const at = line < 0 ? olds.length : line;
  const show = (text: string | undefined): string => `line ${at + 1}: ${textOf(text)}`;
  return [show(olds[at]), show(news[at])];
}

const textOf = (value: unknown): string => {
  if (value === undefined) return '';
  return value === HIDDEN ? HIDDEN : jsonText(value);
};

const shortened = (text: string): string => (text.length <= WIDTH ? text : `${text.slice(0, WIDTH - 1)}…`);

/** What the sections above all objects say. */
export interface Findings {
  /** What the change leaves broken, between objects and within them. */
  readonly broken: readonly Break[];
  /** Who can reach or do more than before. */
  readonly exposures: readonly Exposure[];
}

/** What a changed leaf breaks or opens by itself, beside what was found between objects. */
export function ofLeaves(changes: readonly ObjectChange[]): Findings {
  const of = (rank: Rank) =>
    changes.flatMap(({ object, leaves }) => {
      const reasons = new Set(leaves.filter((leaf) => leaf.rank === rank).map(({ reason }) => reason));
      return [...reasons].map((reason) => ({ object, reason, environment: object.environment, causes: [] }));
    });
  return {
    broken: of('broken').map(({ reason, ...rest }) => ({
      ...rest,
      path: [titleOf(rest.object)],
      why: reason,
    })),
    exposures: of('exposure').map(({ reason, ...rest }) => ({ ...rest, who: reason })),
  };
}

interface Finding {
  readonly object: DesiredObject;
  readonly causes: readonly string[];
  /** What the object itself is said to do. */
  readonly text: string;
}

/** Gives objects the rank of what they break or open; an object may do worse by itself. */
export function ranked(changes: readonly ObjectChange[], { broken, exposures }: Findings): ObjectChange[] {
  const breaks = byCause(broken.map((one) => ({ ...one, text: 'no longer works' })));
  const opens = byCause(exposures.map((one) => ({ ...one, text: one.who })));
  return changes.map((change) => {
    const { identity } = change.object;
    const opened = raised(change, 'exposure', 'opens', opens.get(identity) ?? []);
    return raised(opened, 'broken', 'breaks', breaks.get(identity) ?? []);
  });
}

function byCause(findings: readonly Finding[]): Map<string, Finding[]> {
  const pairs = findings.flatMap((finding) => finding.causes.map((cause) => ({ cause, finding })));
  return new Map(
    [...Map.groupBy(pairs, ({ cause }) => cause)].map(([cause, all]) => [
      cause,
      all.map(({ finding }) => finding),
    ]),
  );
}

/** @param verb What it does to another object. */
function raised(change: ObjectChange, rank: Rank, verb: string, findings: readonly Finding[]): ObjectChange {
  const [first] = findings;
  if (first === undefined) return change;
  const own = findings.find(({ object }) => object.identity === change.object.identity);
  const others = new Set(findings.map(({ object }) => object)).size - 1;
  const more = others === 0 ? '' : ` and ${others} more`;
  const reason = own?.text ?? `${verb} ${titleOf(first.object)}${more}`;
  return { ...change, rank: worstOf([change.rank, rank]) ?? rank, reasons: [reason, ...change.reasons] };
}
