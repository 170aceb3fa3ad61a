import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { render } from '../../apps/testing/desired-state.ts';
import { runs } from '../../test/support/properties.ts';
import { nullIsAbsent } from './defaults.ts';
import { embedded } from './embedded.ts';
import { type LeafChange, leafChanges } from './leaves.ts';
import { type DesiredObject, type Fields, isFields, snapshotOf } from './objects.ts';
import { compareQuantities } from './quantities.ts';
import { isQuantity, listShape, placeBelow, placeOf } from './schema.ts';

const desired: readonly DesiredObject[] = [...snapshotOf('now', render()).objects.values()];
const anyObject = fc.constantFrom(...desired);
const json = fc
  .dictionary(fc.string({ maxLength: 3 }), fc.jsonValue({ maxDepth: 3 }))
  .map((value): Fields => JSON.parse(JSON.stringify(value)));
const diff = (object: DesiredObject, after: Fields): LeafChange[] =>
  leafChanges(placeOf(object.kind, object.group), object.fields, after);

/** One field or element on the way to a leaf, and the place it has. */
interface Leaf {
  readonly keys: readonly (string | number)[];
  readonly place: string;
  readonly value: unknown;
  /** The merge keys of the lists on the way, with the number of keys up to their element. */
  readonly mergeKeys: readonly { readonly depth: number; readonly keys: readonly string[] }[];
}

function leavesOf(value: unknown, leaf: Leaf): Leaf[] {
  const shape = listShape(leaf.place);
  const keys = Array.isArray(value) && shape.kind === 'map' ? shape.keys : undefined;
  const mergeKeys =
    keys === undefined ? leaf.mergeKeys : [...leaf.mergeKeys, { depth: leaf.keys.length + 1, keys }];
  const entries = Array.isArray(value) ? [...value.entries()] : isFields(value) ? Object.entries(value) : [];
  if (entries.length === 0) return [{ ...leaf, value }];
  return entries.flatMap(([key, inner]) =>
    leavesOf(inner, {
      keys: [...leaf.keys, key],
      place: placeBelow(leaf.place, typeof key === 'number' ? '*' : key),
      value: inner,
      mergeKeys,
    }),
  );
}

const allLeaves = ({ kind, group, fields }: DesiredObject): Leaf[] =>
  leavesOf(fields, { keys: [], place: placeOf(kind, group), value: fields, mergeKeys: [] });

function replaced(value: unknown, [key, ...rest]: Leaf['keys'], leaf: unknown): unknown {
  if (key === undefined) return leaf;
  if (Array.isArray(value)) return value.with(Number(key), replaced(value[Number(key)], rest, leaf));
  return isFields(value) ? { ...value, [key]: replaced(value[key], rest, leaf) } : value;
}

const steps = (keys: Leaf['keys']): string[] => keys.map((key) => (typeof key === 'number' ? '*' : key));

/** The list element that a leaf gives its identity to, if it is a merge key. */
const elementOf = ({ keys, mergeKeys }: Leaf): readonly string[] | undefined => {
  const isIn = (one: Leaf['mergeKeys'][number], name: string): boolean =>
    one.keys.some((key) => key.split('|').includes(name));
  const list = mergeKeys.find((one) => isIn(one, keys.slice(one.depth).join('.')));
  return list === undefined ? undefined : steps(keys.slice(0, list.depth));
};

/** The text that a leaf is, if it is a document and becomes another: its own leaves show what changed. */
const documentOf = ({ keys, place, value }: Leaf, after: unknown): readonly string[] | undefined =>
  embedded(place, value, after) && steps(keys);

/** The same value with every order that means nothing changed. */
function shuffled(value: unknown, place: string, seed: () => number): unknown {
  if (Array.isArray(value)) {
    const elements = value.map((element) => shuffled(element, placeBelow(place, '*'), seed));
    const shape = listShape(place);
    const ordered = shape.kind === 'list' || (shape.kind === 'map' && shape.ordered);
    return ordered || JSON.stringify(value).includes('$(') ? elements : mixed(elements, seed);
  }
  if (!isFields(value)) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(
    mixed(entries, seed).map(([key, inner]) => [key, shuffled(inner, placeBelow(place, key), seed)]),
  );
}

const mixed = <T>(values: readonly T[], seed: () => number): T[] =>
  values
    .map((value): [number, T] => [seed(), value])
    .sort(([left], [right]) => left - right)
    .map(([, value]) => value);

/** Another way to write what is there, or to leave it out. */
const isSame = ({ place, value }: Leaf, after: unknown): boolean =>
  (after === null && nullIsAbsent(place)) || (isQuantity(place) && compareQuantities(after, value) === 0);

describe('the changed leaves of two objects', () => {
  it('are none of an object and itself, in whatever order it is written', () => {
    fc.assert(
      fc.property(anyObject, fc.infiniteStream(fc.integer()), (object, stream) => {
        const after = shuffled(object.fields, placeOf(object.kind, object.group), () => stream.next().value);
        expect(diff(object, structuredClone(after) as Fields)).toEqual([]);
      }),
    );
  });

  it('are the one that was changed, and no other', () => {
    fc.assert(
      fc.property(
        anyObject.chain((object) =>
          fc.record({
            object: fc.constant(object),
            leaf: fc.constantFrom(...allLeaves(object)),
            value: fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
          }),
        ),
        ({ object, leaf, value }) => {
          fc.pre(value !== leaf.value && !isSame(leaf, value));
          const changes = diff(object, replaced(object.fields, leaf.keys, value) as Fields);
          const element = elementOf(leaf) ?? documentOf(leaf, value);
          if (element === undefined) {
            expect(changes).toMatchObject([{ steps: steps(leaf.keys), before: leaf.value, after: value }]);
          } else {
            expect(changes).not.toEqual([]);
            for (const change of changes) expect(change.steps.slice(0, element.length)).toEqual(element);
          }
        },
      ),
      { numRuns: runs(300) },
    );
  });

  it('are none only if two objects are equal, whatever they hold', () => {
    fc.assert(
      fc.property(json, json, (before, after) => {
        const changes = leafChanges('Anything.example.com', before, after);
        expect(changes.length === 0).toBe(isDeepStrictEqual(before, after));
      }),
      { numRuns: runs(300) },
    );
  });

  it('are as many in either direction', () => {
    fc.assert(
      fc.property(json, json, (before, after) => {
        const paths = (one: Fields, other: Fields): string[] =>
          leafChanges('Anything.example.com', one, other).map(({ path }) => path);
        expect(paths(after, before).sort()).toEqual(paths(before, after).sort());
      }),
    );
  });
});
