import { onceForFields } from '../manifests/memo.ts';
import { isFields } from '../manifests/objects.ts';
import { placeBelow, placeOf } from '../manifests/schema.ts';
import { constraintsAt } from './constraints.ts';
import type { Rule } from './objects.ts';

interface Fault {
  readonly key: string;
  readonly why: string;
}

/**
 * What the API server refuses of single fields: another type, a value that is none of those it knows, a text of
 * another form. The value of a Secret is never named.
 * @see https://kubernetes.io/docs/reference/generated/kubernetes-api/v1.36/
 */
export const fieldRules: Rule = (object) => faultsOf(object).map((fault) => ({ object, ...fault }));

const faultsOf = onceForFields((fields): readonly Fault[] => {
  const { apiVersion, kind } = fields;
  const group = typeof apiVersion === 'string' && apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
  const found: Fault[] = [];
  if (typeof kind === 'string') visit({ place: placeOf(kind, group ?? ''), path: [] }, fields, {}, found);
  return found;
});

type Siblings = Readonly<Record<string, unknown>>;

interface Cursor {
  readonly place: string;
  readonly path: readonly string[];
}

/** Every field of a tree, the object above the field beside it. */
function visit(cursor: Cursor, value: unknown, above: Siblings, found: Fault[]): void {
  if (value === undefined || value === null) return;
  found.push(...faultsAt(cursor, value, above));
  if (Array.isArray(value))
    value.forEach((one, index) => {
      visit(below(cursor, '*', labelOf(one, index)), one, above, found);
    });
  else if (isFields(value))
    for (const [key, one] of Object.entries(value)) visit(below(cursor, key, key), one, value, found);
}

function faultsAt({ place, path }: Cursor, value: unknown, above: Siblings): Fault[] {
  const constraints = constraintsAt(place);
  if (constraints.length === 0) return [];
  const where = path.join('.');
  return constraints.flatMap(({ name, fault }) => {
    const why = fault(value, above);
    return why === undefined ? [] : [{ key: `field/${where}/${name}`, why: `'${where}' ${why}` }];
  });
}

const below = ({ place, path }: Cursor, key: string, label: string): Cursor => ({
  place: placeBelow(place, key),
  path: [...path, label],
});

/** A container is called by its name: the same in every revision. */
const labelOf = (element: unknown, index: number): string =>
  isFields(element) && typeof element.name === 'string' ? element.name : String(index);
