import { defaultAt, nullIsAbsent } from './defaults.ts';
import { documentPlace, embedded } from './embedded.ts';
import { changedOrder, type Pair, pairs } from './lists.ts';
import { compareQuantities } from './quantities.ts';
import { emptyIsAbsent, isQuantity, type ListShape, listShape, placeBelow } from './schema.ts';
import { inOneForm, isSameSource } from './scope.ts';
import { inOneData, isSameData } from './secret-data.ts';

/** One leaf that is not what it was: a scalar, an empty map or list, or the order of an ordered one. */
export interface LeafChange {
  /** For people: `spec.template.spec.containers[consumer].image`. */
  readonly path: string;
  /** For rules: the fields on the way, '*' for an element of a list. */
  readonly steps: readonly string[];
  /** Undefined: not there. */
  readonly before: unknown;
  readonly after: unknown;
  /** The path of the uppermost field that only one side has; `path` where both have all of it. */
  readonly under: string;
  /** The text differs and says the same. */
  readonly equivalent?: true;
}

interface Cursor {
  readonly path: string;
  readonly steps: readonly string[];
  readonly place: string;
  readonly under?: string;
  /** An element that only one side of a list has: its presence counts, even with only defaults (`ports: [{}]`). */
  readonly isWhole?: true;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Every leaf in which two objects differ. The order of keys and of lists that are maps or sets in Kubernetes,
 * and different spellings of one quantity, are no difference.
 * @param place What the values are, as `placeOf` says it.
 */
export function leafChanges(place: string, before: Fields, after: Fields): LeafChange[] {
  return walk({ path: '', steps: [], place }, before, after);
}

function walk(spot: Cursor, before: unknown, after: unknown): LeafChange[] {
  if (before === after || isNoise(spot.place, before, after)) return [];
  return isBranch(before) || isBranch(after)
    ? walkBranch(alone(spot, before, after), before, after)
    : walkText(spot, before, after);
}

function walkBranch(spot: Cursor, before: unknown, after: unknown): LeafChange[] {
  if (isFieldsOrNone(before) && isFieldsOrNone(after)) return walkFields(spot, before ?? {}, after ?? {});
  if (isListOrNone(before) && isListOrNone(after)) return walkList(spot, before ?? [], after ?? []);
  return [...walk(spot, before, undefined), ...walk(spot, undefined, after)];
}

function walkText(spot: Cursor, before: unknown, after: unknown): LeafChange[] {
  const readings = embedded(spot.place, before, after);
  if (readings === undefined) return [leaf(spot, before, after)];
  const found = readings.map((reading) => walk({ ...spot, place: documentPlace(reading) }, ...reading));
  const inner = found.find((leaves) => leaves.length > 0);
  return inner !== undefined ? inner : [{ ...leaf(spot, before, after), equivalent: true }];
}

function walkFields(spot: Cursor, one: Fields, other: Fields): LeafChange[] {
  const [before, after] = inOneData(spot.place, ...inOneForm(spot.place, one, other));
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => {
    const field = fieldOf(spot, key);
    return meansSame(spot, key, before, after)
      ? []
      : walk(field, wanted(field, before, key), wanted(field, after, key));
  });
}

const wanted = ({ place }: Cursor, fields: Fields, key: string): unknown => {
  const value = own(fields, key);
  return value === null && nullIsAbsent(place) ? undefined : value;
};

/** Whether one side leaves out what the other writes down, and gets the same. */
function meansSame(spot: Cursor, key: string, before: Fields, after: Fields): boolean {
  const field = fieldOf(spot, key);
  const [one, other] = [wanted(field, before, key), wanted(field, after, key)];
  if ((one === undefined) === (other === undefined) || spot.isWhole === true) return false;
  // Not the field's own place: a selector is the same everywhere, its default is not.
  const value = defaultAt(`${spot.place}.${key}`, one === undefined ? before : after);
  return value !== undefined && walk(field, one ?? value, other ?? value).length === 0;
}

/** An own field, never an inherited one: a label may be called 'constructor'. */
const own = (fields: Fields, key: string): unknown => (Object.hasOwn(fields, key) ? fields[key] : undefined);

function walkList(spot: Cursor, before: readonly unknown[], after: readonly unknown[]): LeafChange[] {
  const element: Cursor = { ...spot, steps: [...spot.steps, '*'], place: placeBelow(spot.place, '*') };
  const distance = (one: unknown, other: unknown): number => walk(element, one, other).length;
  const shape = shapeOf(spot.place, [...before, ...after]);
  const order = shape.kind === 'map' && shape.ordered ? changedOrder(shape.keys, before, after) : undefined;
  return [
    ...(order === undefined ? [] : [leaf(spot, ...order)]),
    ...pairs(shape, before, after, distance).flatMap((pair) =>
      walk(elementOf(element, `${spot.path}[${pair.label}]`, pair), pair.before, pair.after),
    ),
  ];
}

const elementOf = (element: Cursor, path: string, { before, after }: Pair): Cursor =>
  before === undefined || after === undefined ? { ...element, path, isWhole: true } : { ...element, path };

/** A variable may name those above it, `$(HOST)`, and only those: then their order counts. */
function shapeOf(place: string, elements: readonly unknown[]): ListShape {
  const shape = listShape(place);
  const refers = (element: unknown): boolean => isFields(element) && String(element.value).includes('$(');
  const ordered = place === '<container>.env' && shape.kind === 'map' && elements.some(refers);
  return ordered ? { ...shape, ordered } : shape;
}

function isNoise(place: string, before: unknown, after: unknown): boolean {
  if (isSameSource(place, before, after) || isSameData(place, before, after)) return true;
  if (isQuantity(place) && compareQuantities(before, after) === 0) return true;
  const nothing = (value: unknown): boolean => value === undefined || isEmpty(value);
  return nothing(before) && nothing(after) && (bothEmpty(before, after) || emptyIsAbsent(place));
}

const bothEmpty = (before: unknown, after: unknown): boolean =>
  isEmpty(before) && isEmpty(after) && Array.isArray(before) === Array.isArray(after);

const leaf = ({ path, steps, under }: Cursor, before: unknown, after: unknown): LeafChange => ({
  path,
  steps,
  before,
  after,
  under: under ?? path,
});

/** From here down only one side has anything. */
const alone = (spot: Cursor, before: unknown, after: unknown): Cursor =>
  (before === undefined || after === undefined) && spot.under === undefined
    ? { ...spot, under: spot.path }
    : spot;

const fieldOf = ({ path, steps, place, under, isWhole }: Cursor, key: string): Cursor => ({
  path: /^[\w-]+$/.test(key) ? `${path}${path === '' ? '' : '.'}${key}` : `${path}[${JSON.stringify(key)}]`,
  steps: [...steps, key],
  place: placeBelow(place, key),
  ...(under !== undefined && { under }),
  ...(isWhole && { isWhole }),
});

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isFieldsOrNone = (value: unknown): value is Fields | undefined =>
  value === undefined || isFields(value);

const isListOrNone = (value: unknown): value is readonly unknown[] | undefined =>
  value === undefined || Array.isArray(value);

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;

const isBranch = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length > 0;
