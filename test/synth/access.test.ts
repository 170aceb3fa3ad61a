import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ARGOCD_NAMESPACE } from '../../argocd/settings.ts';
import { environments } from '../../environments/index.ts';
import { environmentNames, objectsIn, ofKind } from './dist.ts';
import { COMMAND, GOLDEN, goldenPages, README, readmeWithPicture } from './golden.ts';
import { permissionsIn } from './permissions.ts';

/** The rows of the first table below a heading of a page; columns may be padded. */
function rowsBelow(file: string, heading: string): string[][] {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8');
  const section = text.split(/^## /m).find((each) => each.startsWith(`${heading}\n`)) ?? '';
  return section
    .split('\n')
    .filter((line) => /^\| /.test(line) && !/^\| ?-/.test(line))
    .slice(1)
    .map((line) => line.split('|').map((cell) => cell.trim()));
}

describe('the golden pages', () => {
  it.each([...goldenPages()])('%s is what dist/ says', (file, page) => {
    const committed = readFileSync(new URL(file, GOLDEN), 'utf8');
    expect(committed, `after a change that was meant: ${COMMAND}, and commit what it writes`).toBe(page);
  });

  it('show the system in the README as its applications declare it', () => {
    const committed = readFileSync(README, 'utf8');
    expect(readmeWithPicture(committed), `after a change that was meant: ${COMMAND}`).toBe(committed);
  });

  it('are all there is in their folder', () => {
    expect(readdirSync(GOLDEN).sort()).toEqual([...goldenPages().keys()].sort());
  });
});

describe('the network', () => {
  it.each(environments)('of $name names no addresses without their reason', ({ name, apiServer, nodes }) => {
    const blocks = objectsIn(name, 'NetworkPolicy').flatMap(({ spec }) =>
      [...(spec.ingress ?? []), ...(spec.egress ?? [])].flatMap(({ from = [], to = [] }) =>
        [...from, ...to].flatMap(({ ipBlock }) => (ipBlock === undefined ? [] : [ipBlock.cidr])),
      ),
    );
    const reasons = rowsBelow('connections.md', 'Addresses, and why they are that wide').map(
      ([, cidr]) => cidr,
    );
    const named = [...apiServer.map(({ cidr }) => cidr), nodes];
    expect(blocks.filter((cidr) => !named.includes(cidr) && !reasons.includes(cidr))).toEqual([]);
    expect(blocks).toEqual(expect.arrayContaining(apiServer.map(({ cidr }) => cidr)));
  });

  const inTheCloud = environments.filter(({ aws }) => aws !== undefined);
  it.each(inTheCloud)(
    'of $name lets the scaler out to no network wider than a subnet of the control plane',
    ({ name }) => {
      const policy = objectsIn(name, 'NetworkPolicy').find(({ metadata }) => metadata.name === 'scaler');
      const blocks = (policy?.spec.egress ?? []).flatMap(({ to = [] }) =>
        to.flatMap(({ ipBlock }) => (ipBlock === undefined ? [] : [ipBlock.cidr])),
      );
      expect(blocks.length).toBeGreaterThan(0);
      expect(blocks.filter((cidr) => Number(cidr.split('/')[1]) < 24)).toEqual([]);
    },
  );

  it.each(environments)('of $name is closed by default in every namespace but kube-system', (environment) => {
    const closed = objectsIn(environment.name, 'NetworkPolicy').filter(
      ({ metadata }) => metadata.name === 'default-deny',
    );
    for (const { spec } of closed)
      expect(spec).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
    const namespaces = objectsIn(environment.name, 'Namespace').map(({ metadata }) => metadata.name);
    // Who installs Argo CD by other means knows alone what its pods connect to.
    const used = namespaces.filter(
      (name) => name !== ARGOCD_NAMESPACE || environment.addons.includes('argo-cd'),
    );
    expect(closed.map(({ metadata }) => metadata.namespace).sort()).toEqual(used.sort());
  });
});

describe('the API server', () => {
  it.each(environmentNames)(
    'of %s is asked for nothing too wide that no policy limits, and it is said why the Role is that wide',
    (environment) => {
      const wide = permissionsIn(environment)
        .map((row) => row.split('|').map((cell) => cell.trim()))
        // Who reads the whole cluster is held below.
        .filter(([, , , verb, , name]) => verb !== 'list' && (name === 'any' || verb === 'patch'))
        .map(([, , , verb, what]) => `${verb} ${what}`);
      const reasons = rowsBelow('permissions.md', 'Widths, and what limits them');
      for (const permission of new Set(wide)) {
        const limit = reasons.find((row) => row[1] === permission)?.[3] ?? '';
        const policy = objectsIn(environment, 'ValidatingAdmissionPolicy').find(
          ({ metadata }) => metadata.name === /^`([^`]+)`/.exec(limit)?.[1],
        );
        const [group, resource] = permission.split(' ')[1]?.split('/') ?? [];
        expect(policy?.spec.matchConstraints.resourceRules, permission).toMatchObject([
          { apiGroups: [group], resources: [resource] },
        ]);
      }
    },
  );

  it('gives no permission by a wildcard, and across namespaces only lists, none of Secrets or ConfigMaps', () => {
    for (const { object } of [...ofKind('Role'), ...ofKind('ClusterRole')])
      expect(JSON.stringify(object.rules)).not.toContain('*');
    const wide = ofKind('ClusterRole');
    expect([...new Set(wide.map(({ object }) => object.metadata.name))]).toEqual(['board-collector']);
    for (const { verbs, resources } of wide.flatMap(({ object }) => object.rules)) {
      expect(verbs).toEqual(['list']);
      expect(resources.filter((kind) => /secret|configmap|\//.test(kind))).toEqual([]);
    }
  });

  it('is asked only by a ServiceAccount that exists', () => {
    for (const { environment, object } of [...ofKind('RoleBinding'), ...ofKind('ClusterRoleBinding')])
      for (const { kind, name, namespace } of object.subjects) {
        expect(kind).toBe('ServiceAccount');
        const accounts = objectsIn(environment, 'ServiceAccount').map(({ metadata }) => metadata);
        expect(accounts.filter((each) => each.name === name && each.namespace === namespace)).toHaveLength(1);
      }
  });
});
