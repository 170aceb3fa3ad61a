import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { environments } from '../../apps/environments.ts';
import { connectionsIn } from './connectivity.ts';
import { environmentNames, objectsIn, ofKind } from './dist.ts';
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

  it.each(environments)('of $name names no addresses without their reason', ({ name }) => {
    const blocks = objectsIn(name, 'NetworkPolicy').flatMap(({ spec }) =>
      [...(spec.ingress ?? []), ...(spec.egress ?? [])].flatMap(({ from = [], to = [] }) =>
        [...from, ...to].flatMap(({ ipBlock }) => (ipBlock === undefined ? [] : [ipBlock.cidr])),
      ),
    );
    const reasons = rowsOf('connections.md', 'Addresses, and why they are that wide')
      .map((row) => row.split('|').map((cell) => cell.trim()))
      .filter(([, environment]) => environment === name)
      .flatMap(([, , cidrs = '']) => cidrs.split(', '));
    expect([...new Set(blocks)].sort()).toEqual(reasons.sort());
  });

  it('of production lets the scaler out to no network wider than a subnet of the control plane', () => {
    const policy = objectsIn('production', 'NetworkPolicy').find(
      ({ metadata }) => metadata.name === 'scaler',
    );
    const blocks = (policy?.spec.egress ?? []).flatMap(({ to = [] }) =>
      to.map(({ ipBlock }) => ipBlock?.cidr),
    );
    const bits = blocks.flatMap((cidr) => (cidr === undefined ? [] : [Number(cidr.split('/')[1])]));
    expect(bits.length).toBeGreaterThan(0);
    for (const each of bits) expect(each).toBeGreaterThanOrEqual(24);
  });

  it.each(environments)('of $name is closed by default in every namespace but kube-system', (environment) => {
    const closed = objectsIn(environment.name, 'NetworkPolicy').filter(
      ({ metadata }) => metadata.name === 'default-deny',
    );
    for (const { spec } of closed)
      expect(spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    const used = objectsIn(environment.name, 'Namespace').map(({ metadata }) => metadata.name);
    expect(closed.map(({ metadata }) => metadata.namespace).sort()).toEqual(used.sort());
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
