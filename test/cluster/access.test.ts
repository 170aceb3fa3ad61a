/** Who may ask the API server for what: its own answers, under impersonation, against the committed table. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Cluster, KubernetesObject } from '../../packages/testbed/cluster.ts';
import { until } from '../../packages/testbed/lib/until.ts';
import { type Api, applyStrictly, openApi } from './api.ts';
import { EVERYWHERE, isGranted, type Permission, permissionsIn, type Wish } from './permissions.ts';
import { environments, objectsOf } from './rendered.ts';
import { sharedCluster } from './shared.ts';

const RUNS = 1500;
let cluster: Cluster;
let api: Api;

const userOf = (who: string) => `system:serviceaccount:${who.replace('/', ':')}`;

beforeAll(async () => {
  cluster = await sharedCluster();
  api = await openApi(cluster.kubeconfig);
});

afterAll(() => api?.close());

async function review(kind: string, spec: object, as: string): Promise<Record<string, unknown>> {
  const { status, body } = await api.ask(`/apis/authorization.k8s.io/v1/${kind.toLowerCase()}s`, {
    method: 'POST',
    as,
    body: { apiVersion: 'authorization.k8s.io/v1', kind, spec },
  });
  expect(status, JSON.stringify(body)).toBe(201);
  return (body as { status: Record<string, unknown> }).status;
}

const attributesOf = ({ where, verb, group, resource, name: only }: Wish) => {
  const [plural, subresource] = resource.split('/');
  return {
    namespace: where === EVERYWHERE ? '' : where,
    verb,
    group,
    resource: plural,
    subresource,
    name: only,
  };
};

/** The server's answer to the account itself. */
const may = async (wish: Wish): Promise<boolean> => {
  const spec = { resourceAttributes: attributesOf(wish) };
  return (await review('SelfSubjectAccessReview', spec, userOf(wish.who))).allowed === true;
};

interface Rule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
}

const rowsOfRule = ({ verbs, apiGroups, resources, resourceNames = ['any'] }: Rule): string[] =>
  apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      resourceNames.flatMap((only) => verbs.map((verb) => `${verb} ${group}/${resource} ${only}`)),
    ),
  );

/** Every rule that binds an account in a namespace, from the server's authorizers. */
const rulesOf = async (who: string, namespace: string): Promise<string[]> => {
  const { resourceRules } = await review('SelfSubjectRulesReview', { namespace }, userOf(who));
  return [...new Set((resourceRules as Rule[]).flatMap(rowsOfRule))].sort();
};

/** Every address outside the resources that an account may read, in any namespace. */
const addressesOf = async (who: string): Promise<string[]> => {
  const status = await review('SelfSubjectRulesReview', { namespace: 'default' }, userOf(who));
  const rules = status.nonResourceRules as {
    readonly verbs: readonly string[];
    readonly nonResourceURLs: readonly string[];
  }[];
  const rows = rules.flatMap(({ verbs: may, nonResourceURLs }) =>
    nonResourceURLs.flatMap((url) => may.map((verb) => `${verb} ${url}`)),
  );
  return [...new Set(rows)].sort();
};

const rowOf = ({ verb, group, resource, name: only = 'any' }: Permission) =>
  `${verb} ${group}/${resource} ${only}`;

describe.each(environments)('the accounts of dist/%s', (environment) => {
  const table = permissionsIn(environment);
  const namespaces = objectsOf(environment, 'Namespace').map(({ metadata }) => metadata.name);
  const accounts = objectsOf(environment, 'ServiceAccount').map(
    ({ metadata }) => `${metadata.namespace}/${metadata.name}`,
  );
  /** What the server gives to every account: to ask about itself. */
  let everyone: string[] = [];

  beforeAll(async () => {
    const kinds = ['Namespace', 'ServiceAccount', 'Role', 'RoleBinding', 'ClusterRole', 'ClusterRoleBinding'];
    for (const kind of kinds) for (const object of objectsOf(environment, kind)) await accepted(object);
    everyone = await rulesOf('default/nobody', 'default');
    await until('the authorizer to know the roles', 30, async () => (await refused(table)).length === 0);
  });

  const accepted = async (object: KubernetesObject) =>
    expect((await applyStrictly(api, object)).status).toBeLessThan(300);

  /** The wishes of a table that the server refuses. */
  async function refused(wishes: readonly Wish[]): Promise<string[]> {
    const answers = await Promise.all(wishes.map(may));
    return wishes.filter((_, index) => !answers[index]).map(rowOf);
  }

  test('may do each thing that the table lists', async () => {
    expect(table.length).toBeGreaterThan(0);
    expect(await refused(table)).toEqual([]);
  });

  test('are bound by the rules of the table and by no other', async () => {
    for (const who of accounts)
      for (const where of [...namespaces, 'default', 'kube-system']) {
        const binds = (row: Permission) => row.who === who && [EVERYWHERE, where].includes(row.where);
        const listed = table.filter(binds).map(rowOf);
        expect(await rulesOf(who, where), `${who} in ${where}`).toEqual([...everyone, ...listed].sort());
      }
  });

  test('share with every account nothing but questions about themselves', () => {
    expect(everyone.length).toBeGreaterThan(0);
    for (const row of everyone)
      expect(row).toMatch(/^create (authorization|authentication)\.k8s\.io\/selfsubject\w+ any$/);
  });

  test('read no address of the server but those of its health, version and discovery', async () => {
    const common = await addressesOf('default/nobody');
    expect(common.length).toBeGreaterThan(0);
    for (const row of common)
      expect(row).toMatch(/^get \/(healthz|livez|readyz|version|apis?|openapi|\.well-known|openid)\b/);
    for (const who of accounts) expect(await addressesOf(who), who).toEqual(common);
  });

  test('would be seen to have more', async () => {
    const namespace = 'consumer';
    const metadata = { name: 'too-wide', namespace };
    const rules = [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }];
    const group = 'rbac.authorization.k8s.io';
    const subjects = [{ kind: 'ServiceAccount', name: 'consumer', namespace }];
    const roleRef = { apiGroup: group, kind: 'Role', name: metadata.name };
    const objects = [
      { apiVersion: `${group}/v1`, kind: 'Role', metadata, rules },
      { apiVersion: `${group}/v1`, kind: 'RoleBinding', metadata, roleRef, subjects },
    ];
    const wish = { who: 'consumer/consumer', where: namespace, verb: 'get', group: '', resource: 'secrets' };
    const row = 'get /secrets any';
    for (const object of objects) await accepted(object);
    await until('the authorizer to know the role', 30, () => may(wish));
    expect(await rulesOf(wish.who, namespace)).toContain(row);
    for (const object of objects) await api.ask(await api.pathOf(object), { method: 'DELETE' });
    await until('the authorizer to forget the role', 30, async () => !(await may(wish)));
  });

  test(`are refused every other wish (${RUNS} near misses)`, async () => {
    const resources = await everyResource();
    const wishes = fc.oneof(
      fc.record({
        who: fc.constantFrom(...accounts),
        where: fc.constantFrom(...namespaces, 'default', 'kube-system', ''),
        verb: fc.constantFrom(...verbs),
        what: fc.constantFrom(...resources),
        name: fc.constantFrom(undefined, 'consumer', 'scaler', 'broker-credentials', 'other'),
      }),
      // A row of the table with one thing changed, or none.
      fc.record({
        row: fc.constantFrom(...table),
        change: fc.oneof(
          fc.constant({}),
          fc.record({ who: fc.constantFrom(...accounts) }),
          fc.record({ where: fc.constantFrom(...namespaces, 'default', '') }),
          fc.record({ verb: fc.constantFrom(...verbs) }),
          fc.record({ name: fc.constantFrom(undefined, 'consumer', 'scaler', 'other') }),
        ),
      }),
    );
    const seen = { granted: 0, refused: 0 };
    const property = fc.asyncProperty(wishes, async (one) => {
      const wish: Wish = 'row' in one ? { ...one.row, ...one.change } : { ...one, ...one.what };
      const granted = isGranted(table, wish);
      seen[granted ? 'granted' : 'refused'] += 1;
      expect(await may(wish), JSON.stringify(wish)).toBe(granted);
    });
    await fc.assert(property, { numRuns: RUNS, seed: 20_261_121 });
    // Both answers were really asked for.
    expect(seen.granted).toBeGreaterThan(RUNS / 50);
    expect(seen.refused).toBeGreaterThan(RUNS / 2);
  });
});

const verbs = [
  'get',
  'list',
  'watch',
  'create',
  'update',
  'patch',
  'delete',
  'deletecollection',
  'impersonate',
  'bind',
  'escalate',
  'approve',
];

interface ResourceList {
  readonly resources: readonly { readonly name: string }[];
}

/** Every resource and subresource the server serves. What everyone may ask about itself is left out. */
async function everyResource(): Promise<{ group: string; resource: string }[]> {
  const { body } = await api.ask('/apis');
  const { groups } = body as { groups: { name: string; preferredVersion: { groupVersion: string } }[] };
  const lists = [
    { group: '', path: '/api/v1' },
    ...groups.map((one) => ({ group: one.name, path: `/apis/${one.preferredVersion.groupVersion}` })),
  ];
  const found = await Promise.all(
    lists.map(async ({ group, path }) => {
      const { resources } = (await api.ask(path)).body as ResourceList;
      return resources.map((one) => ({ group, resource: one.name }));
    }),
  );
  const all = found.flat().filter(({ resource }) => !resource.startsWith('selfsubject'));
  expect(all.length).toBeGreaterThan(100);
  return all;
}

describe('calls, not reviews', () => {
  const scaler = userOf('scaler/scaler');
  const scale = '/apis/apps/v1/namespaces/consumer/deployments/consumer/scale';
  const status = async (path: string, ask: Parameters<Api['ask']>[1] = {}) =>
    (await api.ask(path, ask)).status;

  beforeAll(async () => {
    for (const object of objectsOf('local', 'Deployment')) await applyStrictly(api, object);
  });

  /** As the scaler does: where another writer was first (409), it reads again. */
  const setScale = (replicas: number) =>
    until('a write that no other overtakes', 30, async () => {
      const { status: read, body } = await api.ask(scale, { as: scaler });
      const asked = { ...(body as object), spec: { replicas } };
      const written = await status(scale, { as: scaler, method: 'PUT', body: asked });
      return written !== 409 && { status: read, written };
    });

  test('the scaler reads and sets the consumer’s scale, and no other part of it', async () => {
    const { status: read, written } = await setScale(3);
    expect([read, written]).toEqual([200, 200]);
    expect(await status(scale.replace('/scale', ''), { as: scaler })).toBe(403);
    expect(
      await status(scale, { as: scaler, method: 'PATCH', body: {}, type: 'application/merge-patch+json' }),
    ).toBe(403);
    expect(await status('/apis/apps/v1/namespaces/scaler/deployments/scaler/scale', { as: scaler })).toBe(
      403,
    );
  });

  test('the scaler reads no Secret, its own neither', async () => {
    for (const namespace of ['scaler', 'consumer', 'broker'])
      expect(await status(`/api/v1/namespaces/${namespace}/secrets/broker-credentials`, { as: scaler })).toBe(
        403,
      );
    expect(await status('/api/v1/secrets', { as: scaler })).toBe(403);
  });

  test('the consumer may not even read its own Deployment', async () => {
    expect(await status(scale, { as: userOf('consumer/consumer') })).toBe(403);
    expect(await status('/api/v1/namespaces/consumer/pods', { as: userOf('consumer/consumer') })).toBe(403);
  });
});
