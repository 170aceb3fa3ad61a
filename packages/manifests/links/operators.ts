/** What ECK makes of its objects: pods with the labels of a template, and a Service and a Secret by their names. */
import { type DesiredObject, isFields, valueAt } from '../objects.ts';
import { listAt } from '../references.ts';
import type { ObjectIndex } from './object-index.ts';
import { selects } from './selection.ts';

const KINDS = ['Elasticsearch', 'Kibana'] as const;

/** Kind -> what the names of its Service and of the Secret of its administrator end with. */
const SUFFIXES: Readonly<Record<(typeof KINDS)[number], readonly string[]>> = {
  Elasticsearch: ['-es-http', '-es-elastic-user'],
  Kibana: ['-kb-http'],
};

const templatesOf = ({ fields }: DesiredObject): unknown[] => [
  valueAt(fields, ['spec', 'podTemplate']),
  ...listAt(fields, ['spec', 'nodeSets']).map((one) => valueAt(one, ['podTemplate'])),
];

/** The objects whose pods a selector selects; the pods themselves are the operator's. */
export const operatedBy = (
  namespace: string | undefined,
  selector: unknown,
  world: ObjectIndex,
): DesiredObject[] =>
  KINDS.flatMap((kind) => world.ofKind(kind)).filter(
    (one) =>
      one.namespace === namespace &&
      templatesOf(one).some((template) => {
        const labels = valueAt(template, ['metadata', 'labels']);
        return isFields(labels) && selects(selector, labels);
      }),
  );

/** The object of which the operator makes a Service or a Secret of this name. */
export const makerByName = (
  namespace: string | undefined,
  name: string,
  world: ObjectIndex,
): DesiredObject | undefined =>
  KINDS.flatMap((kind) => SUFFIXES[kind].map((suffix) => [kind, suffix] as const))
    .filter(([, suffix]) => name.endsWith(suffix))
    .map(([kind, suffix]) => world.named(kind, namespace, name.slice(0, -suffix.length)))
    .find((found) => found !== undefined);
