import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { environments } from '../../apps/environments.ts';
import { connectionsIn } from './connectivity.ts';
import { environmentNames, objectsIn, ofKind, workloadsOf } from './dist.ts';
import type { Rule } from './shapes.ts';

/** The rows below the heading of an environment in a committed table; columns may be padded. */
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

  it.each(environments)(
    'of $name names addresses with their reasons, and no network wider than a subnet',
    (environment) => {
      const named = objectsIn(environment.name, 'NetworkPolicy').flatMap(({ metadata, spec }) =>
        (spec.egress ?? []).flatMap(({ to = [], ports = [] }) =>
          to.flatMap(({ ipBlock }) =>
            ipBlock ? ports.map(({ port }) => `${metadata.name} ${ipBlock.cidr} ${port}`) : [],
          ),
        ),
      );
      const reasons = rowsOf('connections.md', 'Addresses, and why they are that wide')
        .map((row) => row.split('|').map((cell) => cell.trim()))
        .filter(([, , where]) => where === environment.name)
        .flatMap(([, who, , cidrs = '', port]) => cidrs.split(', ').map((cidr) => `${who} ${cidr} ${port}`));
      expect(named.sort()).toEqual(reasons.sort());
      // kind's own network is not known before it is there.
      if (environment.web.entrance.kind === 'node-ports') return;
      for (const row of named) expect(Number(/\/(\d+) /.exec(row)?.[1]), row).toBeGreaterThanOrEqual(24);
    },
  );

  it.each(environmentNames)('of %s is closed by default wherever pods of this system run', (environment) => {
    const closed = objectsIn(environment, 'NetworkPolicy').filter(
      ({ metadata }) => metadata.name === 'default-deny',
    );
    for (const { spec } of closed)
      expect(spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    const used = new Set(workloadsOf(environment).map(({ object }) => object.metadata.namespace));
    expect(closed.map(({ metadata }) => metadata.namespace).sort()).toEqual([...used].sort());
  });
});

describe('the API server', () => {
  /** One row a permission. */
  const permissionsIn = (environment: string): string[] =>
    objectsIn(environment, 'RoleBinding')
      .flatMap(({ metadata: { namespace = '' }, roleRef, subjects }) => {
        const role = objectsIn(environment, 'Role').find(
          ({ metadata }) => metadata.name === roleRef.name && metadata.namespace === namespace,
        );
        return subjects.flatMap((who) =>
          (role?.rules ?? []).flatMap((rule) => rowsOfRule(rule, `${who.namespace}/${who.name}`, namespace)),
        );
      })
      .sort();

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

  it.each(environmentNames)('of %s permits what permissions.md lists, and nothing else', (environment) => {
    expect(permissionsIn(environment)).toEqual(rowsOf('permissions.md', environment).sort());
  });

  it('of every environment limits by a policy what a Role cannot, and says why the Role is that wide', () => {
    const wide = permissionsIn('production')
      .map((row) => row.split('|').map((cell) => cell.trim()))
      .filter(([, , , verb, what, name]) => name === 'any' || (verb === 'patch' && what !== undefined))
      .map(([, , , verb, what]) => `${verb} ${what}`);
    const reasons = rowsOf('permissions.md', 'Widths, and what limits them').map((row) =>
      row.split('|').map((cell) => cell.trim()),
    );
    expect(reasons.map(([, permission]) => permission).sort()).toEqual([...new Set(wide)].sort());
    for (const [, permission, , limit] of reasons)
      for (const environment of environmentNames) {
        const policy = objectsIn(environment, 'ValidatingAdmissionPolicy').find(
          ({ metadata }) => metadata.name === /^`([^`]+)`/.exec(limit ?? '')?.[1],
        );
        const [group, resource] = permission?.split(' ')[1]?.split('/') ?? [];
        expect(policy?.spec.matchConstraints.resourceRules, permission).toMatchObject([
          { apiGroups: [group], resources: [resource] },
        ]);
      }
  });

  it('is given no cluster-wide permission and no wildcard', () => {
    expect([...ofKind('ClusterRole'), ...ofKind('ClusterRoleBinding')]).toEqual([]);
    for (const { object } of ofKind('Role')) expect(JSON.stringify(object.rules)).not.toContain('*');
  });

  it('is asked only by a ServiceAccount that exists', () => {
    for (const { environment, object } of ofKind('RoleBinding'))
      for (const { kind, name, namespace } of object.subjects) {
        expect(kind).toBe('ServiceAccount');
        const accounts = objectsIn(environment, 'ServiceAccount').map(({ metadata }) => metadata);
        expect(accounts.filter((each) => each.name === name && each.namespace === namespace)).toHaveLength(1);
      }
  });
});
