import type { DesiredObject, Fields } from './fields.ts';

/**
 * Computes something once for the same text of a manifest: who parses a text twice gives the same fields, and
 * environments share most of theirs.
 * @param of Of the fields alone: an object's environment, file and namespace may differ.
 */
export function onceForFields<T>(of: (fields: Fields) => T): (object: Pick<DesiredObject, 'fields'>) => T {
  const known = new WeakMap<Fields, { readonly value: T }>();
  return ({ fields }) => {
    const found = known.get(fields) ?? { value: of(fields) };
    known.set(fields, found);
    return found.value;
  };
}

/** Computes something once for each text. @param most Texts that are kept; then all are forgotten. */
export function onceForText<T>(of: (text: string) => T, most = 10_000): (text: string) => T {
  const known = new Map<string, { readonly value: T }>();
  return (text) => {
    const found = known.get(text) ?? { value: of(text) };
    if (known.size >= most) known.clear();
    known.set(text, found);
    return found.value;
  };
}

/** Computes something once for each pair of objects that never change. */
export function onceForPair<One extends object, Other extends object, T>(
  of: (one: One, other: Other) => T,
): (one: One, other: Other) => T {
  const known = new WeakMap<One, WeakMap<Other, { readonly value: T }>>();
  return (one, other) => {
    const others = known.get(one) ?? new WeakMap();
    known.set(one, others);
    const found = others.get(other) ?? { value: of(one, other) };
    others.set(other, found);
    return found.value;
  };
}
