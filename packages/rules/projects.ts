import type { ObjectIndex } from '../manifests/links/object-index.ts';
import { onceForFields, onceForText } from '../manifests/memo.ts';
import { type DesiredObject, titleOf, valueAt } from '../manifests/objects.ts';
import { listAt } from '../manifests/references.ts';
import { isClusterScoped, sourcesIn } from '../manifests/scope.ts';
import { type Rule, unless, type Violation } from './objects.ts';

/**
 * What Argo CD refuses to sync, because the project of the Application does not permit it.
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/projects/
 */
export const projectRules: Rule = (object, world) => [
  ...(object.kind === 'Application' ? bounds(object, world) : []),
  ...kinds(object, world),
];

const projectOf = (application: DesiredObject, world: ObjectIndex): DesiredObject | undefined =>
  world.named('AppProject', application.namespace, valueAt(application.fields, ['spec', 'project']));

/** Sources and the destination of an Application itself. */
function bounds(application: DesiredObject, world: ObjectIndex): readonly Violation[] {
  const project = projectOf(application, world);
  if (project === undefined) return [];
  const destination = valueAt(application.fields, ['spec', 'destination']);
  const sources = sourcesIn(application.fields).map((source) => valueAt(source, ['repoURL']));
  const allowed = listAt(project.fields, ['spec', 'sourceRepos']);
  const says = `${titleOf(project)} does not permit`;
  return [
    ...sources.flatMap((url) =>
      unless(matchesSome(url, allowed), application, `source/${url}`, `${says} the repository ${url}`, [
        project,
      ]),
    ),
    ...unless(
      isPermittedPlace(project, destination),
      application,
      'destination',
      `${says} the destination ${valueAt(destination, ['namespace']) ?? ''} of ${valueAt(destination, ['server']) ?? valueAt(destination, ['name'])}`,
      [project],
    ),
  ];
}

/** The object's own kind and namespace, within the project of the Application that syncs its folder. */
function kinds(object: DesiredObject, world: ObjectIndex): readonly Violation[] {
  const application = world.syncing(object);
  const project = application === undefined ? undefined : projectOf(application, world);
  if (application === undefined || project === undefined) return [];
  const destination = valueAt(application.fields, ['spec', 'destination']);
  const to = { ...(destination as object), namespace: object.namespace };
  const says = `Argo CD does not sync it: ${titleOf(project)} does not permit`;
  const isHome = object.namespace === undefined || isPermittedPlace(project, to);
  return [
    ...unless(isPermitted(object, project), object, 'project kind', `${says} the kind ${object.kind}`, [
      project,
    ]),
    ...unless(isHome, object, 'project namespace', `${says} the namespace ${object.namespace}`, [project]),
  ];
}

/** Without a list every namespaced kind is permitted, and no cluster-scoped one. */
function isPermitted({ group, kind }: DesiredObject, { fields }: DesiredObject): boolean {
  const isCluster = isClusterScoped(kind);
  const scope = isCluster ? 'clusterResource' : 'namespaceResource';
  const names = (list: string): boolean =>
    listAt(fields, ['spec', `${scope}${list}`]).some(
      (one) => matches(group, valueAt(one, ['group'])) && matches(kind, valueAt(one, ['kind'])),
    );
  const hasList = valueAt(fields, ['spec', `${scope}Whitelist`]) !== undefined;
  return (names('Whitelist') || (!isCluster && !hasList)) && !names('Blacklist');
}

const IN_CLUSTER = 'https://kubernetes.default.svc';

interface Place {
  readonly server?: unknown;
  readonly namespace?: unknown;
}

const isPermittedPlace = (project: DesiredObject, destination: unknown): boolean =>
  answersOf(project)(
    JSON.stringify({ server: serverOf(destination), namespace: valueAt(destination, ['namespace']) }),
  );

/** All objects of an Application have few places, and a project may list hundreds. */
const answersOf = onceForFields((fields) => {
  const destinations = listAt(fields, ['spec', 'destinations']);
  return onceForText((place) => destinations.some((one) => permits(one, JSON.parse(place))));
});

/** A cluster has a name and a server; of another cluster than this one it is not known which belong together. */
function permits(one: unknown, { server, namespace }: Place): boolean {
  const [servers, namespaces] = [serverOf(one), valueAt(one, ['namespace'])];
  const isThere = server === undefined || servers === undefined || matches(server, servers);
  return isThere && (namespace === undefined || matches(namespace, namespaces ?? ''));
}

const serverOf = (destination: unknown): unknown =>
  valueAt(destination, ['server']) ??
  (valueAt(destination, ['name']) === 'in-cluster' ? IN_CLUSTER : undefined);

const matchesSome = (value: unknown, patterns: readonly unknown[]): boolean =>
  patterns.some((pattern) => !String(pattern).startsWith('!') && matches(value, pattern)) &&
  !patterns.some((pattern) => String(pattern).startsWith('!') && matches(value, String(pattern).slice(1)));

/** Argo CD's globs: `*` is any text. */
const matches = (value: unknown, pattern: unknown): boolean => globOf(bare(pattern)).test(bare(value));

/** Without what a URL and a path may end with. */
const bare = (value: unknown): string => String(value ?? '').replace(/\/+$|\.git$/g, '');

/** A project's patterns are asked of every object. */
const globOf = onceForText((glob: string): RegExp => {
  const parts = glob.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
});
