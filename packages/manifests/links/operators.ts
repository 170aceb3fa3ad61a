import { type DesiredObject, isFields, valueAt } from '../objects.ts';
import { listAt } from '../references.ts';
import { folderOf, sourcesIn } from '../scope.ts';
import { absent, broken, type End, found, type Link, outside } from './links.ts';
import type { ObjectIndex } from './object-index.ts';
import { selects } from './selection.ts';

/** What an Application of Argo CD delivers, within which bounds, and where. */
export function deliveryLinks(from: DesiredObject, world: ObjectIndex): Link[] {
  if (from.kind !== 'Application') return [];
  const spec = valueAt(from.fields, ['spec']);
  const project = valueAt(spec, ['project']);
  const namespace = valueAt(spec, ['destination', 'namespace']);
  const own = found(
    world.named('AppProject', from.namespace, project),
    `AppProject ${project} is not there`,
    world.isOpen(from.namespace) && !world.ofKind('AppProject').length ? absent : broken,
  );
  const bounds = project === 'default' ? outside('AppProject default of Argo CD') : own;
  return [
    ...sourcesIn(from.fields).map(
      (source): Link => ({
        ...{ from, kind: 'Application -> folder', says: 'delivers', end: sourceEnd(from, source, world) },
      }),
    ),
    { from, kind: 'Application -> AppProject', says: 'is bound by', end: bounds },
    ...(typeof namespace === 'string'
      ? [
          {
            from,
            kind: 'Application -> namespace' as const,
            says: 'goes to',
            end: namespaceEnd(from, namespace, world),
          },
        ]
      : []),
  ];
}

function sourceEnd({ environment }: DesiredObject, source: unknown, world: ObjectIndex): End {
  const [path, chart, version] = ['path', 'chart', 'targetRevision'].map((field) => valueAt(source, [field]));
  const folder = folderOf(path);
  if (folder === undefined)
    return outside(
      chart === undefined ? `another repository's ${path ?? 'root'}` : `chart ${chart} ${version}`,
    );
  const many = world.objects.filter((one) => isBelow(`${environment}/${one.application}`, folder)).length;
  return many === 0
    ? broken(`${path} holds no object: Argo CD would sync nothing`)
    : outside(`${many} objects of ${path}`);
}

/** A folder, or one that a recursive source reads below it. */
const isBelow = (folder: string, root: string): boolean => folder === root || folder.startsWith(`${root}/`);

function namespaceEnd({ fields }: DesiredObject, name: string, world: ObjectIndex): End {
  const isCreated = listAt(fields, ['spec', 'syncPolicy', 'syncOptions']).includes('CreateNamespace=true');
  const own = world.named('Namespace', undefined, name);
  if (own === undefined && isCreated) return outside(`Namespace ${name}, which Argo CD creates`);
  return ['kube-system', 'default'].includes(name)
    ? outside(`Namespace ${name} of Kubernetes`)
    : found(own, `Namespace ${name} is not there`, world.ofKind('Namespace').length > 0 ? broken : absent);
}

/** Kind -> what its operator makes of one object of it: pods with labels, and Services and Secrets by their names. */
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
