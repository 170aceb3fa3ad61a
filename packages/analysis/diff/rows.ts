import { jsonText } from '../../manifests/embedded.ts';
import type { DesiredObject } from '../../manifests/objects.ts';
import type { ObjectChange, RankedLeaf } from './compare.ts';
import { byRank } from './ranks.ts';

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
