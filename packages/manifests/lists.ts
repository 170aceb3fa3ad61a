import { keyDefaults, type ListShape } from './schema.ts';

/** Two elements of a list that belong together, or one that stands alone, and what to call it. */
export interface Pair {
  readonly label: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** How many leaves two values differ in. */
export type Distance = (before: unknown, after: unknown) => number;

/** Brings the elements of two lists together by the shape of the list; equal ones may be left out. */
export function pairs(
  shape: ListShape,
  before: readonly unknown[],
  after: readonly unknown[],
  distance: Distance,
): Pair[] {
  if (shape.kind === 'set') return pairsOfSet(before, after, distance);
  const keys = shape.kind === 'map' ? keyed(shape.keys, before, after) : undefined;
  return keys === undefined ? pairsInOrder(before, after, distance) : pairsByKey(...keys);
}

/** The keys of a list whose order means something, in its order; undefined when both have the same order. */
export function changedOrder(
  keys: readonly string[],
  before: readonly unknown[],
  after: readonly unknown[],
): readonly [string[], string[]] | undefined {
  const [one, other] = keyed(keys, before, after) ?? [];
  if (one === undefined || other === undefined) return undefined;
  const staying = [...one.keys()].filter((key) => other.has(key));
  const now = [...other.keys()].filter((key) => one.has(key));
  return staying.every((key, index) => key === now[index]) ? undefined : [staying, now];
}

type Keyed = ReadonlyMap<string, unknown>;

/** Undefined where a key is missing or there twice: then such a list is no map. */
function keyed(
  keys: readonly string[],
  before: readonly unknown[],
  after: readonly unknown[],
): readonly [Keyed, Keyed] | undefined {
  const [one, other] = [mapOf(keys, before), mapOf(keys, after)];
  return one === undefined || other === undefined ? undefined : [one, other];
}

function mapOf(keys: readonly string[], elements: readonly unknown[]): Keyed | undefined {
  const entries = elements.map((element): [string | undefined, unknown] => [keyOf(keys, element), element]);
  const found = new Map(entries.flatMap(([key, element]) => (key === undefined ? [] : [[key, element]])));
  return found.size === elements.length ? found : undefined;
}

function keyOf(keys: readonly string[], element: unknown): string | undefined {
  const values = keys.map((key) => keyValue(element, key) ?? keyDefaults[key]);
  const whole = values.every((value) => typeof value === 'string' || typeof value === 'number');
  return whole ? values.join('/') : undefined;
}

const keyValue = (element: unknown, key: string): unknown =>
  key
    .split('|')
    .map((one) => at(element, one.split('.')))
    .find((value) => value !== undefined);

const at = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[key] : undefined,
    value,
  );

const pairsByKey = (before: Keyed, after: Keyed): Pair[] =>
  [...new Set([...before.keys(), ...after.keys()])].map((label) => ({
    label,
    before: before.get(label),
    after: after.get(label),
  }));

/** What is the same at both ends stays: an element put into the middle does not move all the rest. */
function pairsInOrder(before: readonly unknown[], after: readonly unknown[], distance: Distance): Pair[] {
  const shorter = Math.min(before.length, after.length);
  const same = (left: number, right: number): boolean => distance(before[left], after[right]) === 0;
  let start = 0;
  while (start < shorter && same(start, start)) start += 1;
  let end = 0;
  while (end < shorter - start && same(before.length - 1 - end, after.length - 1 - end)) end += 1;
  const olds = before.slice(start, before.length - end);
  const news = after.slice(start, after.length - end);
  return Array.from({ length: Math.max(olds.length, news.length) }, (_, index) => ({
    label: String(start + index),
    before: olds[index],
    after: news[index],
  }));
}

interface Element {
  readonly value: unknown;
  readonly label: string;
}

/** Comparisons of each with each; beyond, a long list that changed as a whole is brought together in its order. */
const MAX_COMPARISONS = 10_000;

/** Equal elements find each other wherever they stand; of the others, the most alike. */
function pairsOfSet(before: readonly unknown[], after: readonly unknown[], distance: Distance): Pair[] {
  const olds = before.map((value, index) => ({ value, label: String(index) }));
  const { left, added: others } = unequal(olds, after, distance);
  const isShort = left.length * others.length <= MAX_COMPARISONS;
  // Equal ones may differ in their texts as well: by a default, by another spelling of a quantity.
  const added = isShort ? others.filter((value) => !takeEqual(left, value, distance)) : others;
  const found = added.flatMap((value) => {
    const partner = isShort ? takeNearest(left, value, distance) : left.shift();
    return partner === undefined ? [] : [{ label: partner.label, before: partner.value, after: value }];
  });
  const rest = added.slice(found.length);
  return [
    ...found.filter((pair) => distance(pair.before, pair.after) > 0),
    ...left.map(({ label, value }) => ({ label, before: value, after: undefined })),
    ...rest.map((value, index) => ({
      label: String(before.length + index),
      before: undefined,
      after: value,
    })),
  ];
}

/** What stays when equal elements, found by a text that is the same for them, have left. */
function unequal(olds: readonly Element[], after: readonly unknown[], distance: Distance) {
  const alike = Map.groupBy(olds, ({ value }) => looseText(value));
  const gone = new Set<Element>();
  const added = after.filter((value) => {
    const bucket = alike.get(looseText(value)) ?? [];
    const at = bucket.findLastIndex((one) => distance(one.value, value) === 0);
    for (const one of at < 0 ? [] : bucket.splice(at, 1)) gone.add(one);
    return at < 0;
  });
  return { left: olds.filter((one) => !gone.has(one)), added };
}

/** The same text for values that differ in order only: equal ones have one text, but not only they. */
function looseText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return typeof value + String(value);
  if (Array.isArray(value)) return `[${value.map(looseText).sort().join()}]`;
  const entries = Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}:${looseText(inner)}`);
  return `{${entries.sort().join()}}`;
}

function takeEqual(from: Element[], value: unknown, distance: Distance): boolean {
  const at = from.findIndex((one) => distance(one.value, value) === 0);
  if (at >= 0) from.splice(at, 1);
  return at >= 0;
}

function takeNearest(from: Element[], value: unknown, distance: Distance): Element | undefined {
  const distances = from.map((one) => distance(one.value, value));
  const at = distances.indexOf(Math.min(...distances));
  return at < 0 ? undefined : from.splice(at, 1)[0];
}
