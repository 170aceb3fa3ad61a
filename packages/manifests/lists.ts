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
  const values = keys.map((key) => at(element, key.split('.')) ?? keyDefaults[key]);
  const whole = values.every((value) => typeof value === 'string' || typeof value === 'number');
  return whole ? values.join('/') : undefined;
}

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

/** Equal elements find each other wherever they stand; of the others, the most alike. */
function pairsOfSet(before: readonly unknown[], after: readonly unknown[], distance: Distance): Pair[] {
  const left = before.map((value, index) => ({ value, label: String(index) }));
  const added: unknown[] = [];
  const found: Pair[] = [];
  const unequal = after.filter((value) => take(left, (one) => distance(one, value) === 0) === undefined);
  for (const value of unequal) {
    const nearest = Math.min(...left.map((one) => distance(one.value, value)));
    const partner = take(left, (one) => distance(one, value) === nearest);
    if (partner === undefined) added.push(value);
    else found.push({ label: partner.label, before: partner.value, after: value });
  }
  return [
    ...found,
    ...left.map(({ label, value }) => ({ label, before: value, after: undefined })),
    ...added.map((value, index) => ({
      label: String(before.length + index),
      before: undefined,
      after: value,
    })),
  ];
}

function take<T extends { readonly value: unknown }>(from: T[], wanted: (value: unknown) => boolean) {
  const index = from.findIndex(({ value }) => wanted(value));
  return index < 0 ? undefined : from.splice(index, 1)[0];
}
