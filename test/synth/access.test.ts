import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { connectionsIn } from './connectivity.ts';
import { environmentNames, type Fields, inEnvironment, ofKind } from './dist.ts';

/** The rows below the heading of an environment in a committed table. */
function rowsOf(file: string, environment: string): string[] {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8');
  const section = text.split(/^## /m).find((each) => each.startsWith(`${environment}\n`)) ?? '';
  return section
    .split('\n')
    .filter((line) => /^\| (?!-)/.test(line))
    .slice(1)
    .map((line) => line.replaceAll(/ +/g, ' '));
}

describe('the network', () => {
  it.each(environmentNames)(
    'of %s lets through what connections.md lists, and nothing else',
    (environment) => {
      expect(connectionsIn(environment)).toEqual(rowsOf('connections.md', environment).sort());
    },
  );

  it.each(environmentNames)(
    'of %s is closed by default in every namespace with pods of this system',
    (environment) => {
      const objects = inEnvironment(environment);
      const namespaces = objects.filter(
        ({ kind, spec }) => spec?.template !== undefined || kind === 'CronJob',
      );
      for (const { metadata } of namespaces) {
        const closed = objects.find(
          (each) =>
            each.kind === 'NetworkPolicy' &&
            each.metadata.namespace === metadata.namespace &&
            each.metadata.name === 'default-deny',
        );
        expect(closed?.spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
      }
    },
  );
});

describe('the API server', () => {
  /** `| who | where | verb | what |`, one row a permission. */
  const permissionsIn = (environment: string): string[] => {
    const objects = inEnvironment(environment);
    return objects
      .filter(({ kind }) => kind === 'RoleBinding')
      .flatMap((binding) => {
        const { namespace } = binding.metadata;
        const { roleRef, subjects } = binding as Fields;
        const role = objects.find(
          ({ kind, metadata }) =>
            kind === 'Role' && metadata.name === roleRef.name && metadata.namespace === namespace,
        ) as Fields;
        return subjects.flatMap((who: Fields) =>
          role.rules.flatMap((rule: Fields) =>
            rowsOfRule(rule, `${who.namespace}/${who.name}`, namespace ?? ''),
          ),
        );
      })
      .sort();
  };

  const rowsOfRule = (
    { apiGroups, resources, resourceNames = ['any'], verbs }: Fields,
    who: string,
    where: string,
  ) =>
    apiGroups.flatMap((group: string) =>
      resources.flatMap((resource: string) =>
        resourceNames.flatMap((name: string) =>
          verbs.map((verb: string) => `| ${who} | ${where} | ${verb} | ${group}/${resource} | ${name} |`),
        ),
      ),
    );

  it.each(environmentNames)('of %s permits what permissions.md lists, and nothing else', (environment) => {
    expect(permissionsIn(environment)).toEqual(rowsOf('permissions.md', environment).sort());
  });

  it('is given no cluster-wide permission and no wildcard', () => {
    expect([...ofKind('ClusterRole'), ...ofKind('ClusterRoleBinding')]).toEqual([]);
    for (const { object } of ofKind('Role')) expect(JSON.stringify(object.rules)).not.toContain('*');
  });

  it('is asked only by a ServiceAccount that exists', () => {
    for (const { environment, object } of ofKind('RoleBinding'))
      for (const { kind, name, namespace } of (object as Fields).subjects) {
        const found = inEnvironment(environment).filter(
          (each) =>
            each.kind === kind && each.metadata.name === name && each.metadata.namespace === namespace,
        );
        expect(found).toHaveLength(1);
      }
  });
});
