/** What operators make of their objects: pods with labels, and Services and Secrets by their names. */
import { type DesiredObject, isFields, valueAt } from '../objects.ts';
import { listAt } from '../references.ts';
import type { ObjectIndex } from './object-index.ts';
import { selects } from './selection.ts';

/** Kind -> what its operator makes of one object of it. */
const MADE = {
  Elasticsearch: ({ name, fields }: DesiredObject) => ({
    labels: [
      valueAt(fields, TEMPLATE_LABELS),
      ...listAt(fields, ['spec', 'nodeSets']).map((one) => valueAt(one, TEMPLATE_LABELS.slice(1))),
    ],
    names: [`${name}-es-http`, `${name}-es-elastic-user`],
  }),
  Kibana: ({ name, fields }: DesiredObject) => ({
    labels: [valueAt(fields, TEMPLATE_LABELS)],
    names: [`${name}-kb-http`],
  }),
  PerconaServerMongoDB: ({ name, fields }: DesiredObject) => {
    const sets = listAt(fields, ['spec', 'replsets']).map((one) => valueAt(one, ['name']));
    return {
      labels: sets.map((set) => ({
        'app.kubernetes.io/name': 'percona-server-mongodb',
        'app.kubernetes.io/instance': name,
        'app.kubernetes.io/component': 'mongod',
        'app.kubernetes.io/replset': set,
      })),
      names: sets.map((set) => `${name}-${set}`),
    };
  },
} as const;

const TEMPLATE_LABELS = ['spec', 'podTemplate', 'metadata', 'labels'];

/** The objects of a namespace that operators make others of. */
const operatedIn = (namespace: string | undefined, world: ObjectIndex) =>
  (Object.keys(MADE) as (keyof typeof MADE)[]).flatMap((kind) =>
    world
      .ofKind(kind)
      .filter((one) => one.namespace === namespace)
      .map((object) => ({ object, made: MADE[kind](object) })),
  );

/** The objects whose pods a selector selects; the pods themselves are the operator's. */
export const operatedBy = (
  namespace: string | undefined,
  selector: unknown,
  world: ObjectIndex,
): DesiredObject[] =>
  operatedIn(namespace, world)
    .filter(({ made }) => made.labels.some((labels) => isFields(labels) && selects(selector, labels)))
    .map(({ object }) => object);

/** The object of which the operator makes a Service or a Secret of this name. */
export const makerByName = (
  namespace: string | undefined,
  name: string,
  world: ObjectIndex,
): DesiredObject | undefined =>
  operatedIn(namespace, world).find(({ made }) => made.names.includes(name))?.object;
