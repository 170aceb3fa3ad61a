import { jsonText } from '../embedded.ts';
import { type DesiredObject, entryOf, isFields, valueAt } from '../objects.ts';
import { listAt } from '../references.ts';
import type { ObjectIndex } from './object-index.ts';

/** Something that RBAC lets a subject do. */
export interface Right {
  /** `ServiceAccount shop/web`, `Group system:authenticated` */
  readonly subject: string;
  /** Undefined: in the whole cluster. */
  readonly namespace: string | undefined;
  readonly verb: string;
  /** `deployments/scale.apps`, `/metrics` */
  readonly resource: string;
  /** Undefined: of every name. */
  readonly name: string | undefined;
  /** The binding and, where dist/ has it, the role: what to change to change it. */
  readonly by: readonly DesiredObject[];
}

/** What the roles of Kubernetes let do, as far as it is wide. @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles */
const BUILT_IN: Readonly<Record<string, readonly unknown[]>> = {
  'cluster-admin': [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
  admin: [{ apiGroups: [''], resources: ['secrets', 'pods', 'pods/exec'], verbs: ['*'] }],
  edit: [{ apiGroups: [''], resources: ['secrets', 'pods', 'pods/exec'], verbs: ['*'] }],
  view: [{ apiGroups: [''], resources: ['pods', 'configmaps', 'services'], verbs: ['get', 'list', 'watch'] }],
};

/** Every right that the bindings of an environment give. @see https://kubernetes.io/docs/reference/access-authn-authz/rbac/ */
export const rightsIn = (world: ObjectIndex): readonly Right[] =>
  ['RoleBinding', 'ClusterRoleBinding'].flatMap((kind) =>
    world.ofKind(kind).flatMap((binding) => rightsOf(binding, world)),
  );

function rightsOf(binding: DesiredObject, world: ObjectIndex): Right[] {
  const [kind, name] = ['kind', 'name'].map((field) => String(valueAt(binding.fields, ['roleRef', field])));
  const role = world.named(kind ?? '', kind === 'Role' ? binding.namespace : undefined, name);
  const rules = role === undefined ? (entryOf(BUILT_IN, name ?? '') ?? []) : listAt(role.fields, ['rules']);
  const by = role === undefined ? [binding] : [binding, role];
  return listAt(binding.fields, ['subjects']).flatMap((subject) =>
    rules.flatMap((rule) => partsOf(rule, { subject: subjectOf(subject), namespace: binding.namespace, by })),
  );
}

/** The subject of a binding, as `Kind namespace/name`. */
export const subjectOf = (subject: unknown): string => {
  const [kind, name, namespace] = ['kind', 'name', 'namespace'].map((field) => valueAt(subject, [field]));
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
};

function partsOf(rule: unknown, of: Pick<Right, 'subject' | 'namespace' | 'by'>): Right[] {
  const texts = (field: string): string[] => listAt(rule, [field]).map(String);
  const groups = texts('apiGroups').length === 0 ? [''] : texts('apiGroups');
  const resources = groups.flatMap((group) =>
    texts('resources').map((resource) => (group === '' ? resource : `${resource}.${group}`)),
  );
  const names = texts('resourceNames').length === 0 ? [undefined] : texts('resourceNames');
  return texts('verbs').flatMap((verb) => [
    ...resources.flatMap((resource) => names.map((name) => ({ ...of, verb, resource, name }))),
    ...texts('nonResourceURLs').map((resource) => ({ ...of, verb, resource, name: undefined })),
  ]);
}

/** Whether one right is part of another of the same subject. */
export const covers = (wide: Right, narrow: Right): boolean =>
  wide.subject === narrow.subject &&
  (wide.namespace === undefined || wide.namespace === narrow.namespace) &&
  (wide.verb === '*' || wide.verb === narrow.verb) &&
  coversResource(wide.resource, narrow.resource) &&
  (wide.name === undefined || wide.name === narrow.name);

function coversResource(wide: string, narrow: string): boolean {
  if (wide === narrow) return true;
  const [one, group] = partsOfResource(wide);
  const [other, otherGroup] = partsOfResource(narrow);
  return (one === '*' || one === other) && (group === '*' || group === otherGroup);
}

/** `deployments/scale.apps` -> resource and group. */
function partsOfResource(text: string): [resource: string, group: string] {
  const dot = text.indexOf('.');
  return dot < 0 ? [text, ''] : [text.slice(0, dot), text.slice(dot + 1)];
}

/** `get, update deployments/scale.apps of shop`, the verbs of one resource together. */
export function rightsText(rights: readonly Right[]): string[] {
  const groups = Map.groupBy(rights, ({ namespace, resource, name }) =>
    jsonText([resource, name, namespace]),
  );
  return [...groups.values()].map((all) => {
    const [{ namespace, resource, name } = { namespace: undefined, resource: '', name: undefined }] = all;
    const verbs = [...new Set(all.map(({ verb }) => verb))].join(', ');
    const what = name === undefined ? resource : `${resource} ${name}`;
    const where = namespace === undefined ? 'in the whole cluster' : `in ${namespace}`;
    if (what === '*.*' && verbs.split(', ').includes('*')) return `do anything ${where}`;
    return `${verbs.replace(/^\*$/, 'do anything with')} ${what === '*.*' ? 'everything' : what} ${where}`;
  });
}

/** The account that pods of a spec run as. */
export const accountOf = (namespace: string | undefined, spec: unknown): string =>
  `ServiceAccount ${namespace}/${valueAt(spec, ['serviceAccountName']) ?? 'default'}`;

/** Whether a pod gets a token of its account at all. */
export function hasToken(namespace: string | undefined, spec: unknown, world: ObjectIndex): boolean {
  const own = valueAt(spec, ['automountServiceAccountToken']);
  if (typeof own === 'boolean') return own;
  const account = world.named(
    'ServiceAccount',
    namespace,
    valueAt(spec, ['serviceAccountName']) ?? 'default',
  );
  const fields = account?.fields;
  return !isFields(fields) || fields.automountServiceAccountToken !== false;
}
