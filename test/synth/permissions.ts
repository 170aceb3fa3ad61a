import { objectsIn } from './dist.ts';
import type { Rule } from './shapes.ts';

/** One row a permission that the rendered Roles give: who, in which namespace, verb, group/resource, name. */
export const permissionsIn = (environment: string): string[] =>
  [...inNamespaces(environment), ...inCluster(environment)].sort();

const inNamespaces = (environment: string): string[] =>
  objectsIn(environment, 'RoleBinding').flatMap(({ metadata: { namespace = '' }, roleRef, subjects }) => {
    const role = objectsIn(environment, 'Role').find(
      ({ metadata }) => metadata.name === roleRef.name && metadata.namespace === namespace,
    );
    return subjects.flatMap((who) =>
      (role?.rules ?? []).flatMap((rule) => rowsOfRule(rule, `${who.namespace}/${who.name}`, namespace)),
    );
  });

const inCluster = (environment: string): string[] =>
  objectsIn(environment, 'ClusterRoleBinding').flatMap(({ roleRef, subjects }) => {
    const role = objectsIn(environment, 'ClusterRole').find(({ metadata }) => metadata.name === roleRef.name);
    return subjects.flatMap((who) =>
      (role?.rules ?? []).flatMap((rule) => rowsOfRule(rule, `${who.namespace}/${who.name}`, 'every one')),
    );
  });

const rowsOfRule = (
  { apiGroups, resources, resourceNames = ['any'], verbs }: Rule,
  who: string,
  where: string,
) =>
  apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      resourceNames.flatMap((name) =>
        verbs.map((verb) => `| ${who} | ${where} | ${verb} | ${group}/${resource} | ${name} |`),
      ),
    ),
  );
