/** What the API server itself refuses by the rendered admission policies, with the same objects made right beside it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Cluster, KubernetesObject } from '../../packages/testbed/cluster.ts';
import { until } from '../../packages/testbed/lib/until.ts';
import { type Api, applyStrictly, openApi } from './api.ts';
import { installCrds } from './crds.ts';
import { objectsOf } from './rendered.ts';
import { sharedCluster } from './shared.ts';

const ENVIRONMENT = 'production';
let cluster: Cluster;
let api: Api;

const DEFINED = ['ClusterExternalSecret', 'ClusterSecretStore', 'ExternalSecret', 'SecretStore'].map(
  (kind) => ({
    ...{ apiVersion: 'external-secrets.io/v1', kind, metadata: { name: 'any' } },
  }),
);

/** In the order that the server needs them. */
const KINDS = [
  'Namespace',
  'ServiceAccount',
  'Role',
  'RoleBinding',
  'HorizontalPodAutoscaler',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding',
];

beforeAll(async () => {
  cluster = await sharedCluster();
  api = await openApi(cluster.kubeconfig);
  await installCrds(cluster, DEFINED);
  for (const kind of KINDS)
    for (const object of objectsOf(ENVIRONMENT, kind)) {
      const { status, body, warnings } = await applyStrictly(api, object);
      expect([status, warnings], JSON.stringify(body)).toEqual([expect.toBeOneOf([200, 201]), []]);
    }
  // The server compiles a new policy after it has answered, and each of them by itself.
  for (const object of [allNamespaces(), foreignSecret(), foreignStore()])
    await until(
      `the policy on ${object.kind} to hold`,
      60,
      async () => (await answer(object)).refused !== '',
    );
});

afterAll(() => api?.close());

interface Answer {
  /** The policy's message; empty where the object would be taken. */
  readonly refused: string;
}

async function answer(object: KubernetesObject): Promise<Answer> {
  const { status, body } = await applyStrictly(api, object, { dryRun: true });
  if (status < 300) return { refused: '' };
  return { refused: `${status} ${(body as { message?: string }).message}` };
}

const of =
  (kind: string, object: string, namespace?: string) =>
  (spec: object): KubernetesObject => ({
    ...{ apiVersion: 'external-secrets.io/v1', kind },
    metadata: { name: object, ...(namespace !== undefined && { namespace }) },
    spec,
  });
const allNamespaces = () =>
  of(
    'ClusterSecretStore',
    'any',
  )({ provider: { aws: { service: 'SecretsManager', region: 'eu-central-1' } } });

/** One that each of the other policies refuses. */
const foreignSecret = () =>
  of(
    'ExternalSecret',
    'any',
    'consumer',
  )({
    secretStoreRef: { name: 'secret-store' },
    data: [{ secretKey: 'a', remoteRef: { key: 'sluice/production/broker' } }],
  });
const foreignStore = () =>
  of(
    'SecretStore',
    'any',
    'consumer',
  )({
    provider: { aws: { service: 'SecretsManager', region: 'eu-central-1' } },
  });

describe('a manifest in the namespace of the consumer', () => {
  const secret = (spec: object) =>
    of(
      'ExternalSecret',
      'mine',
      'consumer',
    )({ secretStoreRef: { kind: 'SecretStore', name: 'secret-store' }, ...spec });
  const item = (key: string, more: object = {}) => ({
    data: [{ secretKey: 'password', remoteRef: { key, property: 'consumer' }, ...more }],
  });
  const own = 'sluice/production/consumer';
  const aws = (more: object) =>
    of(
      'SecretStore',
      'secret-store',
      'consumer',
    )({
      provider: { aws: { service: 'SecretsManager', region: 'eu-central-1', ...more } },
    });
  const jwt = (account: object) => ({ auth: { jwt: { serviceAccountRef: account } } });

  test.each([
    ['what is rendered', secret(item(own))],
    ['its whole document', secret({ dataFrom: [{ extract: { key: own } }] })],
    ['a store that reads as its own account', aws(jwt({ name: 'secret-store' }))],
  ])('may name %s', async (_, object) => {
    expect(await answer(object)).toEqual({ refused: '' });
  });

  test.each([
    ["the broker's document", secret(item('sluice/production/broker')), 'own document'],
    [
      "Argo CD's as a whole",
      secret({ dataFrom: [{ extract: { key: 'sluice/production/argocd' } }] }),
      'own document',
    ],
    ['whatever is found', secret({ dataFrom: [{ find: { name: { regexp: '.*' } } }] }), "without 'find'"],
    [
      'a store of all namespaces',
      secret({ ...item(own), secretStoreRef: { kind: 'ClusterSecretStore', name: 'aws' } }),
      "'secretStoreRef'",
    ],
    [
      'another store for one key',
      secret(item(own, { sourceRef: { storeRef: { kind: 'ClusterSecretStore', name: 'aws' } } })),
      "without a 'sourceRef'",
    ],
    ['a store without a reader', aws({}), 'ServiceAccount'],
    [
      "a store that takes the broker's role",
      aws({ role: 'arn:aws:iam::111122223333:role/sluice-production-secrets-broker' }),
      'ServiceAccount',
    ],
    [
      "a store that reads as the broker's account",
      aws(jwt({ name: 'secret-store', namespace: 'broker' })),
      'ServiceAccount',
    ],
    ['a store that reads as another account of its own', aws(jwt({ name: 'consumer' })), 'ServiceAccount'],
  ])('is refused %s', async (_, object, message) => {
    const { refused } = await answer(object);
    expect(refused).toMatch(/^(403|422) /);
    expect(refused).toContain(message);
  });

  test('nor does anybody make a store of all namespaces', async () => {
    expect((await answer(allNamespaces())).refused).toContain('each has its own SecretStore');
  });
});

describe('the scaler', () => {
  const as = 'system:serviceaccount:scaler:scaler';
  const hpa = '/apis/autoscaling/v2/namespaces/api/horizontalpodautoscalers/api';
  const merge = (path: string, body: object) =>
    api.ask(path, { as, method: 'PATCH', type: 'application/merge-patch+json', body });
  const create = (path: string, body: object) => api.ask(path, { as, method: 'POST', body });
  const messageOf = ({ body }: { readonly body: unknown }) => (body as { message?: string }).message;

  beforeAll(async () => {
    const minimum = () => merge(hpa, { spec: { minReplicas: 2 } });
    await until('the authorizer to know the roles', 30, async () => (await minimum()).status === 200);
    // The server compiles a new policy after it has answered.
    const tries = [
      () => merge(`${hpa}?dryRun=All`, { spec: { maxReplicas: 99 } }),
      () => create(`${events}?dryRun=All`, event('any', { reportingController: 'kubelet' })),
      () => create(`${leases}?dryRun=All`, lease('other')),
    ];
    for (const [index, ask] of tries.entries())
      await until(`policy ${index} to hold`, 60, async () => (await ask()).status === 403);
  });

  test('sets the minimum of an HPA', async () => {
    const { status, body } = await merge(hpa, { spec: { minReplicas: 3 } });
    expect([status, (body as { spec: object }).spec]).toEqual([
      200,
      expect.objectContaining({ minReplicas: 3 }),
    ]);
  });

  test.each([
    ['its maximum', { spec: { maxReplicas: 99 } }],
    ['the target that it scales', { spec: { scaleTargetRef: { name: 'other' } } }],
    ['what it follows', { spec: { metrics: null } }],
    ['how fast', { spec: { behavior: null } }],
    ['the minimum with the maximum', { spec: { minReplicas: 4, maxReplicas: 99 } }],
  ])('changes %s not', async (_, patch) => {
    const answer = await merge(hpa, patch);
    expect([answer.status, messageOf(answer)]).toEqual([403, expect.stringContaining("'spec.minReplicas'")]);
  });

  test.each([
    ['a label', { labels: { mine: 'true' } }],
    ['an annotation', { annotations: { mine: 'true' } }],
    ['a finalizer', { finalizers: ['sluice.dev/mine'] }],
  ])('sets %s not', async (_, metadata) => {
    const answer = await merge(hpa, { metadata });
    expect([answer.status, messageOf(answer)]).toEqual([403, expect.stringContaining('metadata')]);
  });

  test('nor by an older version of the API', async () => {
    const answer = await merge(hpa.replace('/v2/', '/v1/'), { spec: { maxReplicas: 99 } });
    expect([answer.status, messageOf(answer)]).toEqual([403, expect.stringContaining("'spec.minReplicas'")]);
  });

  const leases = '/apis/coordination.k8s.io/v1/namespaces/scaler/leases';
  const lease = (object: string) => ({
    ...{
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: object, namespace: 'scaler' },
    },
    spec: { holderIdentity: 'scaler-0' },
  });
  const events = '/apis/events.k8s.io/v1/namespaces/consumer/events';
  const event = (object: string, more: object = {}) => ({
    ...{ apiVersion: 'events.k8s.io/v1', kind: 'Event', metadata: { name: object, namespace: 'consumer' } },
    ...{
      eventTime: '2026-11-25T12:00:00.000000Z',
      type: 'Normal',
      reason: 'BacklogReachedMark',
      action: 'Scale',
    },
    ...{ note: 'opened', reportingController: 'sluice.dev/scaler', reportingInstance: 'scaler-0' },
    regarding: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'consumer', name: 'consumer' },
    ...more,
  });

  test('reports on its targets, and goes on with what it reported', async () => {
    expect((await create(events, event('consumer.1'))).status).toBe(201);
    const series = { series: { count: 2, lastObservedTime: '2026-11-25T12:01:00.000000Z' } };
    expect((await merge(`${events}/consumer.1`, series)).status).toBe(200);
  });

  test.each([
    [
      'about another object',
      { regarding: { kind: 'Secret', namespace: 'consumer', name: 'broker-credentials' } },
    ],
    ['in the name of another', { reportingController: 'kubelet' }],
  ])('writes no Event %s', async (_, more) => {
    expect((await create(events, event('consumer.2', more))).status).toBe(403);
  });

  test("changes no other's Event", async () => {
    const path = `${events}/consumer.3`;
    const other = { ...event('consumer.3'), reportingController: 'deployment-controller' };
    expect((await api.ask(events, { method: 'POST', body: other })).status).toBe(201);
    // The rest of an Event is immutable: the API server itself refuses a change.
    const series = { series: { count: 2, lastObservedTime: '2026-11-25T12:01:00.000000Z' } };
    expect((await merge(path, series)).status).toBe(403);
    expect((await merge(path, { reportingController: 'sluice.dev/scaler' })).status).toBeOneOf([403, 422]);
  });

  test('creates its own Lease and no other', async () => {
    expect((await create(leases, lease('scaler'))).status).toBe(201);
    expect((await create(leases, lease('other'))).status).toBe(403);
  });
});
