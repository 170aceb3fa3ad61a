import { type DesiredObject, entryOf, isFields, valueAt } from '../objects.ts';
import { listAt } from '../references.ts';
import { absent, broken, type End, found, type Link, outside } from './links.ts';
import type { ObjectIndex } from './object-index.ts';
import { missingIn } from './pods.ts';
import { selects } from './selection.ts';

/** Who may do what, and who fetches secrets. */
export function accessLinks(from: DesiredObject, world: ObjectIndex): Link[] {
  switch (from.kind) {
    case 'RoleBinding':
    case 'ClusterRoleBinding':
      return [role(from, world), ...subjects(from, world)];
    case 'Role':
      return named(from, world);
    case 'ExternalSecret':
      return isFields(valueAt(from.fields, ['spec', 'secretStoreRef'])) ? [store(from, world)] : [];
    default:
      return [];
  }
}

function role(from: DesiredObject, world: ObjectIndex): Link {
  const [kind, name] = ['kind', 'name'].map((field) => String(valueAt(from.fields, ['roleRef', field])));
  const namespace = kind === 'Role' ? from.namespace : undefined;
  const own = found(
    world.named(kind ?? '', namespace, name),
    `${kind} ${name} is not there`,
    kind === 'Role' ? missingIn(from, world) : absent,
  );
  const end = BUILT_IN.test(`${kind} ${name}`) ? outside(`${kind} ${name} of Kubernetes`) : own;
  return { from, kind: 'binding -> role', says: 'gives', end };
}

/** @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings */
const BUILT_IN = /^ClusterRole (cluster-admin|admin|edit|view|system:.*)$/;

function subjects(from: DesiredObject, world: ObjectIndex): Link[] {
  return listAt(from.fields, ['subjects']).map((subject) => {
    const [kind, name] = ['kind', 'name'].map((field) => String(valueAt(subject, [field])));
    const namespace = String(valueAt(subject, ['namespace']) ?? from.namespace);
    const account = found(
      world.named('ServiceAccount', namespace, name),
      `ServiceAccount ${namespace}/${name} is not there`,
      world.isOpen(namespace) ? absent : undefined,
    );
    const isOwn = kind === 'ServiceAccount' && name !== 'default';
    const end = isOwn ? account : outside(`${kind} ${name}`);
    return { from, kind: 'binding -> ServiceAccount', says: 'to', end };
  });
}

const KINDS: Readonly<Record<string, string>> = {
  'deployments/scale': 'Deployment',
  deployments: 'Deployment',
  'statefulsets/scale': 'StatefulSet',
  statefulsets: 'StatefulSet',
  horizontalpodautoscalers: 'HorizontalPodAutoscaler',
  configmaps: 'ConfigMap',
};

/** Objects that a rule permits by their names: of the kinds that dist/ holds. */
function named(from: DesiredObject, world: ObjectIndex): Link[] {
  return listAt(from.fields, ['rules']).flatMap((rule) =>
    listAt(rule, ['resources']).flatMap((resource) => {
      const kind = entryOf(KINDS, String(resource));
      if (kind === undefined) return [];
      const says = `permits ${listAt(rule, ['verbs']).join(', ')} of ${resource} of`;
      return listAt(rule, ['resourceNames']).map((name): Link => {
        const end = found(
          world.named(kind, from.namespace, name),
          `${kind} ${from.namespace}/${name} is not there`,
          absent,
        );
        return { from, kind: 'Role -> object', says, end };
      });
    }),
  );
}

function store(from: DesiredObject, world: ObjectIndex): Link {
  const reference = valueAt(from.fields, ['spec', 'secretStoreRef']);
  const kind = String(valueAt(reference, ['kind']) ?? 'SecretStore');
  const name = valueAt(reference, ['name']);
  const namespace = kind === 'ClusterSecretStore' ? undefined : from.namespace;
  const missing = kind === 'ClusterSecretStore' ? absent : missingIn(from, world);
  const object = world.named(kind, namespace, name);
  const end: End =
    object !== undefined && !isOpenTo(object, from, world)
      ? broken(`${kind} ${name} is closed to the namespace ${from.namespace} (conditions)`, [object])
      : found(object, `${kind} ${name} is not there`, missing);
  return { from, kind: 'ExternalSecret -> store', says: 'fetches from', end };
}

/** One condition is enough. @see https://external-secrets.io/latest/api/clustersecretstore/ */
function isOpenTo(store: DesiredObject, { namespace = '' }: DesiredObject, world: ObjectIndex): boolean {
  const conditions = listAt(store.fields, ['spec', 'conditions']);
  const labels = valueAt(world.named('Namespace', undefined, namespace)?.fields, ['metadata', 'labels']);
  const own = { 'kubernetes.io/metadata.name': namespace, ...(isFields(labels) ? labels : {}) };
  return (
    conditions.length === 0 ||
    conditions.some(
      (one) =>
        listAt(one, ['namespaces']).includes(namespace) ||
        // A pattern of Go may be none of JavaScript's: it is taken to match.
        listAt(one, ['namespaceRegexes']).length > 0 ||
        selects(valueAt(one, ['namespaceSelector']), own),
    )
  );
}
