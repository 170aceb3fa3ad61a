import type { DesiredObject } from '../diff/objects.ts';

/** `<kind>/<name>[.<namespace>]`, the kind in whatever case. */
export const referenceOf = ({ kind, name, namespace }: DesiredObject): string =>
  `${kind.toLowerCase()}/${name}${namespace === undefined ? '' : `.${namespace}`}`;

/** The objects that a reference may mean; a namespace that is left out is any. */
export function findObjects(reference: string, objects: readonly DesiredObject[]): DesiredObject[] {
  const wanted = reference.replace(/^[^/]+/, (kind) => kind.toLowerCase());
  const exact = objects.filter((one) => referenceOf(one) === wanted);
  const named = objects.filter(({ kind, name }) => `${kind.toLowerCase()}/${name}` === wanted);
  return exact.length > 0 ? exact : named;
}

/** References that are close to one that means nothing: the same name, else the same kind. */
export function suggestionsFor(reference: string, objects: readonly DesiredObject[]): string[] {
  const [kind = '', name = ''] = reference.toLowerCase().split('/');
  const [first = ''] = name.split('.');
  const named = objects.filter((one) => first !== '' && one.name.includes(first));
  const alike = named.length > 0 ? named : objects.filter((one) => one.kind.toLowerCase() === kind);
  return [...new Set(alike.map(referenceOf))].sort();
}
